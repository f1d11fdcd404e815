import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED } from '../checker.js';
import { rwRegister } from './cycles.js';
import { historyOf } from './oracle.js';

type Session = readonly (readonly Json[])[];

/** Sessions of transactions without real time: everybody's n-th transactions overlap. */
async function judge(sessions: readonly Session[], consistency: string) {
  const events: EventInput[] = [];
  const rounds = Math.max(...sessions.map((session) => session.length));
  for (let round = 0; round < rounds; round++) {
    for (const type of ['invoke', 'ok'] as const) {
      sessions.forEach((session, process) => {
        if (session[round]) events.push({ process, type, f: 'txn', value: session[round] });
      });
    }
  }
  return rwRegister.check(historyOf(events), { budget: UNLIMITED, options: { realtime: false }, consistency });
}

const r = (key: number, value: number | null): Json => ['r', key, value];
const w = (key: number, value: number): Json => ['w', key, value];
const LEVELS = ['read-committed', 'read-atomic', 'causal-cerone'];

async function validities(sessions: readonly Session[]): Promise<string[]> {
  return Promise.all(LEVELS.map(async (level) => (await judge(sessions, level)).validity));
}

describe('levels weaker than snapshot isolation, by reads alone', () => {
  it('holds them all for reads that agree', async () => {
    expect(
      await validities([
        [[w(0, 1)], [w(0, 2)]],
        [[r(0, 1)], [r(0, 2)]],
      ]),
    ).toEqual(['valid', 'valid', 'valid']);
  });

  it('read committed: a transaction must not go back behind what it read', async () => {
    const sessions: Session[] = [
      [
        [w(0, 1), w(1, 1)],
        [w(0, 2), w(1, 2)],
      ],
      [[r(0, 2), r(1, 1)]],
    ];
    expect(await validities(sessions)).toEqual(['invalid', 'invalid', 'invalid']);
    const verdict = await judge(sessions, 'read-committed');
    expect(verdict.details['prohibited']).toEqual(['monotonic-atomic-view-cycle-process']);
    expect(verdict.anomalies[0].sentence).toMatch(/event \d+.* must precede .* as .* knew the former and read key/);
  });

  it('read atomic: who reads one write of a transaction sees the others', async () => {
    // The other order of the two reads is allowed at read committed: the second is newer than the first.
    const sessions: Session[] = [
      [
        [w(0, 1), w(1, 1)],
        [w(0, 2), w(1, 2)],
      ],
      [[r(1, 1), r(0, 2)]],
    ];
    expect(await validities(sessions)).toEqual(['valid', 'invalid', 'invalid']);
  });

  it('causal: who reads a write sees what it depends on', async () => {
    const sessions: Session[] = [
      [[w(0, 1)], [w(0, 2)]],
      [[r(0, 2)], [w(1, 1)]],
      [[r(1, 1)], [r(0, 1)]],
    ];
    expect(await validities(sessions)).toEqual(['valid', 'valid', 'invalid']);
    expect((await judge(sessions, 'causal-cerone')).details['prohibited']).toEqual(['causal-cycle-process']);
  });

  it('counts the initial state as older than any write one depends on', async () => {
    expect(
      await validities([
        [[w(0, 1)], [w(1, 1)]],
        [[r(1, 1)], [r(0, null)]],
      ]),
    ).toEqual(['valid', 'valid', 'invalid']);
  });

  it('leaves real time open where only sessions were recorded', async () => {
    const verdict = await judge([[[w(0, 1)]], [[r(0, 1)]]], 'strict-serializable');
    expect(verdict).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('does not tell real time') as string,
    });
  });
});

const folder = new URL('../../../shared/histories/transactions/', import.meta.url);
const missing = !existsSync(folder);

describe.skipIf(missing)(missing ? 'external corpus not found: awdit and mtc' : 'the external corpus', () => {
  const linesOf = (name: string) => readFileSync(new URL(name, folder), 'utf8').trim().split('\n');

  /** Sessions are parted by =====, transactions by -----: only so do the files break the levels they are filed under. */
  function awdit(name: string): Session[] {
    return readFileSync(new URL(name, folder), 'utf8')
      .split(/^=+$/m)
      .map((session) =>
        session.split(/^-+$/m).map((transaction) =>
          transaction
            .trim()
            .split('\n')
            .map((line): Json => {
              const [f, key, value] = line.split(' ');
              return [f, Number(key), Number(value)];
            }),
        ),
      );
  }

  it.each([
    ['none', ['invalid', 'invalid', 'invalid']],
    ['read-committed', ['valid', 'invalid', 'invalid']],
    ['read-atomic', ['valid', 'valid', 'invalid']],
    ['causal', ['valid', 'valid', 'valid']],
  ])('awdit/%s', async (level, expected) => {
    for (const file of readdirSync(new URL(`awdit/${level}`, folder))) {
      expect([file, ...(await validities(awdit(`awdit/${level}/${file}`)))]).toEqual([file, ...expected]);
    }
  });

  it('finds a long fork although nothing tells the order of the writes', async () => {
    const verdict = await judge(awdit('awdit/causal/long-fork.txt'), 'snapshot-isolation');
    expect(verdict.validity).toBe('invalid');
    expect(verdict.anomalies[0].kind).toBe('no-snapshot-isolation-execution');
  });

  /** `r/w(key, value, session, transaction)`; nobody writes 0, the initial value. */
  function mtc(name: string): Session[] {
    const sessions = new Map<number, Map<number, Json[]>>();
    for (const line of linesOf(name)) {
      const [, f, ...numbers] = /^([rw])\((\d+),(\d+),(\d+),(\d+)\)/.exec(line)!;
      const [key, value, session, transaction] = numbers.map(Number);
      const own = sessions.get(session) ?? new Map<number, Json[]>();
      sessions.set(session, own);
      own.set(transaction, [...(own.get(transaction) ?? []), [f, key, f === 'r' && value === 0 ? null : value]]);
    }
    return [...sessions.values()].map((session) => [...session.values()]);
  }

  it.each([
    ['long-fork', 'invalid', 'invalid'],
    ['lost-update', 'invalid', 'invalid'],
    ['write-skew', 'valid', 'invalid'],
  ])('mtc/%s', async (name, snapshot, serializable) => {
    expect((await judge(mtc(`mtc/${name}.txt`), 'snapshot-isolation')).validity).toBe(snapshot);
    expect((await judge(mtc(`mtc/${name}.txt`), 'serializable')).validity).toBe(serializable);
  });
});
