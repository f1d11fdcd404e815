import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UNLIMITED } from '../../checkers/checker.js';
import { NO_REALTIME } from '../history/formats/format.js';
import { readHistory } from '../history/formats/read.js';
import type { Json } from '../history/operation.js';
import { judgeBare } from './bare.js';
import { judgesFor, type Question } from './judges.js';

const folder = new URL('../../../shared/histories/', import.meta.url);
const missing = !existsSync(folder);

/** What `faultline check` answers: format, judge and verdict, all by default unless asked for. */
async function outcomeOf(
  file: string,
  question: Question = {},
  options: Readonly<Record<string, Json>> = {},
  independent: 'auto' | 'no' = 'auto',
) {
  const { history, notes } = await readHistory(new URL(file, folder).pathname, { independent });
  const { checkers, consistency } = judgesFor(question, history);
  const realtime: Readonly<Record<string, Json>> = notes.includes(NO_REALTIME) ? { realtime: false } : {};
  const against = consistency ?? (notes.includes(NO_REALTIME) ? 'serializable' : undefined);
  const { outcome } = await judgeBare({
    ...{ history, checkers, notes, budget: UNLIMITED, options: { ...realtime, ...options } },
    ...(against !== undefined && { consistency: against }),
    progress: () => undefined,
  });
  return outcome;
}

const inside = (path: string) => (missing ? [] : readdirSync(new URL(path, folder)).map((name) => `${path}${name}`));

describe.skipIf(missing)(missing ? 'external corpus not found' : 'the external corpus', () => {
  it.each([
    ['jepsen/bank.edn', 'valid'],
    ['jepsen/bank-tidb.edn', 'invalid'],
    // Nothing but adds.
    ['jepsen/counter.edn', 'inconclusive'],
    ['jepsen/long-fork.edn', 'invalid'],
    // Its read asks with `[0 nil]`: so its values are [key element] pairs, though the answer tells the elements alone.
    ['jepsen/set_full.edn', 'valid'],
    ['linearizability/mutex-bad-etcd.edn', 'invalid'],
    ['transactions/elle-cli/paper-example.edn', 'invalid'],
    ['transactions/elle-cli/paper-example.json', 'invalid'],
    // Elle calls it valid. Between its own write of 2 and a read of 2 the process reads 3, which nobody wrote: whatever x
    // was in the beginning, no execution explains that.
    ['transactions/elle-cli/rw-register.edn', 'invalid'],
  ])('%s is %s, without being told what it is', async (file, verdict) => {
    expect(await outcomeOf(file)).toBe(verdict);
  });

  it('jepsen/set_full.edn is invalid where its pairs are taken for elements', async () => {
    expect(await outcomeOf('jepsen/set_full.edn', {}, {}, 'no')).toBe('invalid');
  });

  it.each(inside('linearizability/porcupine-kv/'))('%s has the verdict in its name', async (file) => {
    expect(await outcomeOf(file)).toBe(file.includes('-ok') ? 'valid' : 'invalid');
  });

  it.each(inside('linearizability/knossos-cas/'))('%s has the verdict in its name', async (file) => {
    const verdict = file.includes('/good-') ? 'valid' : 'invalid';
    expect(await outcomeOf(file, { model: 'cas-register' }, { initial: 0 })).toBe(verdict);
  });

  it('agrees with every verdict on the etcd logs', async () => {
    const verdicts = JSON.parse(
      readFileSync(new URL('linearizability/porcupine-etcd/VERDICTS.json', folder), 'utf8'),
    ) as Record<string, string>;
    const found: Record<string, string> = {};
    for (const file of inside('linearizability/porcupine-etcd/').filter((name) => name.endsWith('.log'))) {
      found[file.split('/').at(-1)!] = await outcomeOf(file);
    }
    expect(Object.keys(found).length).toBeGreaterThan(20);
    for (const [file, verdict] of Object.entries(found)) expect([file, verdict]).toEqual([file, verdicts[file]]);
  });

  it.each(inside('transactions/one-anomaly/'))('%s is found out', async (file) => {
    expect(await outcomeOf(file, { model: 'strict-serializable' })).toBe('invalid');
  });

  it.each([
    ['transactions/mtc/long-fork.txt', 'snapshot-isolation', 'invalid'],
    ['transactions/mtc/lost-update.txt', 'snapshot-isolation', 'invalid'],
    ['transactions/mtc/write-skew.txt', 'snapshot-isolation', 'valid'],
    ['transactions/mtc/write-skew.txt', 'serializable', 'invalid'],
    ['transactions/awdit/causal/long-fork.txt', 'causal', 'valid'],
    ['transactions/awdit/causal/long-fork.txt', 'snapshot-isolation', 'invalid'],
    ['transactions/awdit/read-atomic/test-ra.txt', 'read-atomic', 'valid'],
    ['transactions/awdit/read-atomic/test-ra.txt', 'causal', 'invalid'],
    ['transactions/awdit/read-committed/test-rc.txt', 'read-committed', 'valid'],
    ['transactions/awdit/read-committed/test-rc.txt', 'read-atomic', 'invalid'],
    ['transactions/awdit/read-committed/non-repeatable-read.txt', 'read-atomic', 'invalid'],
    ['transactions/awdit/none/hb-cycle.txt', 'read-committed', 'invalid'],
  ])('%s against %s is %s', async (file, model, verdict) => {
    expect(await outcomeOf(file, { model })).toBe(verdict);
  });
});
