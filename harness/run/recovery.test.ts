import { describe, expect, it } from 'vitest';
import type { Operation } from '../history/operation.js';
import { RecoveryWatch } from './recovery.js';

const never = new AbortController().signal;

/** A watch fed with `process type f @time`, and whether its promise has settled. */
function watching() {
  const watch = new RecoveryWatch();
  let index = 0;
  const see = (line: string) => {
    const [process, type, f, time] = line.split(/[ @]+/);
    watch.observe({ index: index++, time: Number(time), process: Number(process), type, f, value: null } as Operation);
  };
  return { watch, see };
}

async function settled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('recovery', () => {
  it('is when every kind that clients use succeeded, begun after the healing', async () => {
    const { watch, see } = watching();
    for (const line of ['0 invoke read @1', '0 ok read @2', '0 invoke write @3', '1 invoke read @4']) see(line);
    watch.healed(10);
    const all = watch.all(never);
    // Begun before the healing: it may have been answered before as well.
    for (const line of ['0 ok write @11', '1 ok read @12']) see(line);
    expect(await settled(all)).toBe(false);
    for (const line of ['0 invoke write @13', '1 invoke read @14', '0 ok write @15', '1 fail read @16']) see(line);
    expect(await settled(all)).toBe(false);
    for (const line of ['1 invoke read @17', '1 ok read @18']) see(line);
    expect(await settled(all)).toBe(true);
  });

  it('names what was tried several times and never succeeded, and not what was hardly tried', async () => {
    const { watch, see } = watching();
    for (const line of ['0 invoke read @1', '0 ok read @2', '0 invoke write @3', '0 ok write @4']) see(line);
    watch.healed(10);
    for (const time of [11, 13, 15]) {
      see(`0 invoke read @${time}`);
      see(`0 info read @${time + 1}`);
    }
    for (const line of ['1 invoke write @20', '1 fail write @21']) see(line);
    expect(watch.failing()).toEqual(['read']);
  });

  it('is not waited for longer than the signal says', async () => {
    const { watch, see } = watching();
    see('0 invoke read @1');
    watch.healed(2);
    const patience = new AbortController();
    const all = watch.all(patience.signal);
    expect(await settled(all)).toBe(false);
    patience.abort();
    expect(await settled(all)).toBe(true);
  });
});
