import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { linearizable } from '../linearizability/linearizability.js';
import { queue } from '../models/queue.js';
import { casRegister } from '../models/register.js';
import { weakerSentences, type Weaker } from './weaker.js';

/** `1 x w 5` process 1 writes 5 to x; `1 x r 5`; `1 x r -` reads nothing; `1 x c 5 6`. One after the other. */
function script(text: string): History {
  const events = text.split(/\s*,\s*/).flatMap((step): EventInput[] => {
    const [process, key, letter, ...rest] = step.split(' ');
    const f = letter === 'r' ? 'read' : letter === 'c' ? 'cas' : 'write';
    const values = rest.map((word) => (word === '-' ? null : Number(word)));
    const value: Json = f === 'cas' ? values : values[0];
    const invoke = { process: Number(process), key, type: 'invoke', f, value: f === 'read' ? null : value } as const;
    return [invoke, { ...invoke, type: 'ok', value }];
  });
  return historyOf(events.map((event, at) => ({ ...event, time: at * 1e6 })));
}

async function against(text: string, consistency?: string): Promise<Verdict> {
  return await linearizable(casRegister).check(script(text), {
    budget: UNLIMITED,
    options: {},
    ...(consistency !== undefined && { consistency }),
  });
}

/** A stale read: not linearizable, but process 2 may simply be behind. */
const STALE = '1 x w 1, 1 x w 2, 2 x r 1';
/** Dekker's two writers, each of which misses the other's write. */
const MISSED = '1 x w 1, 2 y w 1, 1 y r -, 2 x r -';
/** Two readers who see two writes in different orders. */
const SPLIT = '1 x w 1, 2 y w 1, 3 x r 1, 3 y r -, 4 y r 1, 4 x r -';
/** Back in time for one reader. */
const BACKWARDS = '1 x w 1, 1 x w 2, 2 x r 2, 2 x r 1';
const REPEATED = '1 x w 1, 1 x w 2, 1 x w 1, 1 x w 3, 2 x r 1, 2 x r 2';

describe('a history of single operations', () => {
  it.each([
    [STALE, 'linearizable', 'invalid'],
    [STALE, 'strict-serializable', 'invalid'],
    [STALE, 'sequential', 'valid'],
    [STALE, 'strong-session-serializable', 'valid'],
    [STALE, 'serializable', 'valid'],
    [STALE, 'causal', 'valid'],
    [STALE, 'PRAM', 'valid'],
    [STALE, 'monotonic-reads', 'valid'],
    [MISSED, 'sequential', 'invalid'],
    [MISSED, 'serializable', 'valid'],
    [MISSED, 'causal', 'unknown'],
    [MISSED, 'read-committed', 'valid'],
    [SPLIT, 'sequential', 'invalid'],
    [SPLIT, 'serializable', 'valid'],
    [BACKWARDS, 'sequential', 'invalid'],
    [BACKWARDS, 'writes-follow-reads', 'valid'],
    [REPEATED, 'sequential', 'valid'],
    ['1 x w 1, 2 x r 1', 'sequential', 'valid'],
    ['1 x r 1', 'serializable', 'invalid'],
  ])('%s: %s is %s', async (text, consistency, validity) => {
    expect((await against(text, consistency)).validity).toBe(validity);
  });

  it('names what no order explains', async () => {
    const verdict = await against(`${MISSED}, 3 z w 1, 3 z r 1`, 'sequential');
    expect(verdict.anomalies[0]).toMatchObject({
      kind: 'not-sequential',
      sentence:
        'No order that keeps the order of each process explains these 4 operations: ' +
        'write 1 of x, process 1 at 0.0000 s; write 1 of y, process 2 at 0.0020 s; ' +
        'read → null of y, process 1 at 0.0040 s; read → null of x, process 2 at 0.0060 s.',
      operations: [0, 1, 2, 3, 4, 5, 6, 7],
    });
  });

  it('of another model is searched', async () => {
    const events: EventInput[] = [
      { process: 1, type: 'invoke', f: 'enqueue', value: 1 },
      { process: 1, type: 'ok', f: 'enqueue', value: 1 },
      { process: 2, type: 'invoke', f: 'dequeue', value: null },
      { process: 2, type: 'ok', f: 'dequeue', value: null },
    ];
    const context = { budget: UNLIMITED, options: {}, consistency: 'sequential' };
    const empty = await linearizable(queue).check(historyOf(events), context);
    expect(empty).toMatchObject({ validity: 'valid', details: { condition: 'sequential', linearizable: 'invalid' } });
  });

  it('is unknown where the budget ends first, never wrong', async () => {
    const context = { budget: { timeMs: 0, memoryBytes: Infinity }, options: {}, consistency: 'sequential' };
    expect(await linearizable(casRegister).check(script(SPLIT), context)).toMatchObject({ validity: 'unknown' });
  });
});

describe('an invalid verdict tells what holds', () => {
  it.each([
    [STALE, ['sequential', 'monotonic-reads', 'read-your-writes', 'monotonic-writes', 'writes-follow-reads'], 1],
    [BACKWARDS, ['monotonic-reads', 'read-your-writes', 'monotonic-writes', 'writes-follow-reads'], 1],
    [MISSED, ['monotonic-reads', 'read-your-writes', 'monotonic-writes', 'writes-follow-reads'], 2],
  ])('%s', async (text, expected, staleReads) => {
    const holds = text === BACKWARDS ? expected : [...expected, 'session-guarantees together'];
    const verdict = await against(text);
    expect(verdict.validity).toBe('invalid');
    expect(verdict.details['weaker']).toMatchObject({ holds, staleReads, stalestVersions: 1 });
    expect(verdict.anomalies[0].explanation).toContain(`What holds all the same: ${holds.join(', ')}.`);
  });

  it('guarantee by guarantee and together', async () => {
    // 1 before 2 for the writer, 2 before 1 for the reader: neither is wrong by itself.
    expect((await against(BACKWARDS)).details['weaker']).toMatchObject({
      broken: ['sequential', 'session-guarantees together', 'regular', 'safe'],
    });
  });

  it('as far as it could find out', async () => {
    expect((await against('1 x w 1, 1 x w 2, 1 x w 1, 2 x r 2')).details['weaker']).toMatchObject({
      holds: ['sequential'],
      undecided: [
        'monotonic-reads',
        'read-your-writes',
        'monotonic-writes',
        'writes-follow-reads',
        'session-guarantees together',
        'regular',
        'safe',
      ],
    });
  });

  it('in words', () => {
    const weaker: Weaker = {
      holds: ['safe'],
      broken: ['regular'],
      undecided: [],
      staleReads: 2,
      stalestMs: 3,
      stalestVersions: 1,
    };
    expect(weakerSentences(weaker)).toEqual([
      'What holds all the same: safe.',
      'Broken too: regular.',
      '2 reads were certainly stale, the stalest by 1 version and 3.0 ms.',
    ]);
  });
});
