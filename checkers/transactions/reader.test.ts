import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf, type EventInput } from '../../harness/history/builder.js';
import { readStream } from '../../harness/history/formats/jsonl/sequential.js';
import { type History, VALUE_TRANSACTION } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { messageOf } from '../../harness/kit/errors.js';
import { readTransactions } from './reader.js';
import { elementsRead, WRITE, type Family } from './transactions.js';

const encoder = new TextEncoder();

/** The same events as a journal: its transactions are columns where they can be. */
async function journalOf(events: readonly EventInput[]): Promise<History> {
  const text = events.map((event, index) => `${JSON.stringify({ index, ...event })}\n`).join('');
  const pieces = (async function* () {
    yield await Promise.resolve(encoder.encode(text));
  })();
  return (await readStream('test', pieces)).history;
}

/** Everything that a checker sees, or the complaint. */
function seen(history: History, family: Family): unknown {
  try {
    const { starts, keys, values, mops, keyNames, codes, ...rest } = readTransactions(history, family);
    const transactions = { starts, keys, values, mops, keyNames, codes, ...rest };
    const name = (code: number) => codes.nameOf(code);
    return Array.from({ length: rest.length }, (_, at) => ({
      events: [rest.invokes[at], rest.completions[at], rest.statuses[at]],
      mops: Array.from({ length: starts[at + 1] - starts[at] }, (_, i) => {
        const mop = starts[at] + i;
        const list = family === 'list-append' && !(mops[mop] & WRITE);
        const shown = list ? [...elementsRead(transactions, mop)].map(name) : name(values[mop]);
        return [mops[mop], keyNames[keys[mop]], shown];
      }),
    }));
  } catch (error) {
    // The one came from a file, the other did not.
    return messageOf(error).replace(/^(?:event \d+|test:\d+): /, '');
  }
}

/** What is asked and what is answered; the last entries are odd in one way or another. */
const list = fc.oneof(
  { weight: 12, arbitrary: fc.nat(4).map((length): Json => [1, 2, 3, 4, 5].slice(0, length)) },
  fc.constantFrom<Json>([2, 1], [1, 2, 2], ['a'], [1.5], [], null, 7, [1, null], [3_000_000_000]),
);
const register = fc.oneof(
  { weight: 12, arbitrary: fc.nat(5) as fc.Arbitrary<Json> },
  fc.constantFrom<Json>(null, 'x', [1], 1e10),
);
const key = fc.oneof(
  { weight: 20, arbitrary: fc.nat(2) as fc.Arbitrary<Json> },
  fc.constantFrom<Json>('k', -1, 5_000_000),
);

function mopsOf(family: Family): fc.Arbitrary<readonly (readonly [ask: Json, answer: Json])[]> {
  const write = fc
    .tuple(key, fc.integer({ min: -3, max: 9 }))
    .map(([k, v]): readonly [Json, Json] => [[family === 'list-append' ? 'append' : 'w', k, v], null]);
  const read = fc.tuple(key, family === 'list-append' ? list : register).map(([k, v]): readonly [Json, Json] => [
    ['r', k, null],
    ['r', k, v],
  ]);
  const odd = fc.constantFrom<readonly [Json, Json]>([['cas', 1, 2], null], [['r', 1, [1]], null]);
  return fc.array(fc.oneof({ weight: 20, arbitrary: write }, { weight: 25, arbitrary: read }, odd), {
    minLength: 1,
    maxLength: 4,
  });
}

function eventsOf(family: Family): fc.Arbitrary<readonly EventInput[]> {
  const transaction = fc.record({
    process: fc.nat(2),
    mops: mopsOf(family),
    type: fc.oneof(
      { weight: 9, arbitrary: fc.constant('ok' as const) },
      fc.constantFrom('fail' as const, 'info' as const),
    ),
    changed: fc.nat(30).map((at) => at === 0),
  });
  return fc.array(transaction, { maxLength: 8 }).map((transactions) =>
    transactions.flatMap(({ process, mops, type, changed }): EventInput[] => {
      const asked = mops.map(([ask]) => ask);
      const answered = mops.map(([ask, answer]) => answer ?? ask);
      const value = type === 'ok' ? (changed ? answered.slice(1) : answered) : asked;
      return [
        { process, type: 'invoke', f: 'txn', value: asked },
        { process, type, f: 'txn', value },
      ];
    }),
  );
}

describe.each(['list-append', 'rw-register'] as const)('%s', (family) => {
  it('is read alike from text and from columns', async () => {
    await fc.assert(
      fc.asyncProperty(eventsOf(family), async (events) => {
        if (events.length === 0) return;
        const journal = await journalOf(events);
        expect([...journal.events()].map(({ value }) => value)).toEqual(events.map(({ value }) => value));
        expect(seen(journal, family)).toEqual(seen(historyOf(events), family));
      }),
      { numRuns: 800 },
    );
  });

  it('is in columns where nothing is odd', async () => {
    const write = family === 'list-append' ? 'append' : 'w';
    const answer = (value: Json): Json => [
      [write, 7, 1],
      ['r', 7, value],
    ];
    const { columns } = await journalOf([
      { process: 3, type: 'invoke', f: 'txn', value: answer(null) },
      { process: 3, type: 'ok', f: 'txn', value: answer(family === 'list-append' ? [1] : 1) },
    ]);
    expect([...columns.valueKinds]).toEqual([VALUE_TRANSACTION, VALUE_TRANSACTION]);
    expect(columns.slab).toHaveLength(0);
  });
});
