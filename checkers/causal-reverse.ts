import { type History, INVOKE, NONE, OK } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker } from './checker.js';
import { Elements, type IdBuffer } from './elements.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen } from './verdict.js';

/**
 * Causal reverse: a read sees a write, but misses another that had been acknowledged before the first was even invoked.
 * Writes (`write`, `insert` or `add` of one unique element) and reads of everything (`read`, a list). Linear: a read
 * must contain every write acknowledged before the latest-invoked write that it shows; ranks by acknowledgement make
 * that one comparison a read.
 */
export const causalReverse: Checker = {
  name: 'causal-reverse',
  summary: 'no read shows a write while missing one acknowledged before that write began',
  check(history) {
    const counts = { writes: 0, reads: 0, reversals: 0 };
    const anomalies: Anomaly[] = [];
    for (const part of partitionByKey(history)) judge(history, part, counts, anomalies);
    return verdictOf({
      anomalies,
      ...(counts.reads === 0 && { undecided: 'no read succeeded' }),
      details: counts,
      checked: ['no read shows a write while missing one acknowledged before that write began'],
      notChecked: ['whether reads are recent'],
    });
  },
};

function judge(
  history: History,
  part: Int32Array,
  counts: { writes: number; reads: number; reversals: number },
  anomalies: Anomaly[],
): void {
  const { functions, types, pairs } = history.columns;
  const writes = ['write', 'insert', 'add'].map((f) => history.functionId(f)).filter((id) => id !== NONE);
  const read = history.functionId('read');
  const elements = new Elements(history);
  const invoked: number[] = [];
  /** Elements in the order of their acknowledgement, and each one's place in it. */
  const acknowledged: number[] = [];
  const rank: number[] = [];
  /** How many writes had been acknowledged when an element's write was invoked. */
  const expected: number[] = [];
  for (const at of part) {
    if (writes.includes(functions[at])) {
      const element = elements.at(types[at] === OK ? pairs[at] : at);
      if (types[at] === INVOKE && invoked[element] === undefined) {
        counts.writes++;
        invoked[element] = at;
        expected[element] = acknowledged.length;
      } else if (types[at] === OK && rank[element] === undefined) rank[element] = acknowledged.push(element) - 1;
    } else if (functions[at] === read && types[at] === OK) {
      const shown = elements.list(at);
      if (shown === undefined) continue;
      counts.reads++;
      const latest = latestInvoked(shown, expected);
      if (latest === NONE) continue;
      const missing = missingBelow(expected[latest], shown, rank, acknowledged);
      if (missing === NONE || ++counts.reversals > SHOWN_ANOMALIES) continue;
      anomalies.push(reversal(history, elements, { at, latest: invoked[latest], missing: invoked[missing] }));
    }
  }
}

function latestInvoked({ ids, length }: Readonly<IdBuffer>, expected: readonly number[]): number {
  let latest = NONE;
  for (let i = 0; i < length; i++) {
    const element = ids[i];
    if (expected[element] !== undefined && (latest === NONE || expected[element] > expected[latest])) latest = element;
  }
  return latest;
}

/** An element among the first `bound` acknowledged that the list lacks, or NONE. */
function missingBelow(
  bound: number,
  { ids, length }: Readonly<IdBuffer>,
  rank: readonly number[],
  acknowledged: readonly number[],
): number {
  const present = new Set<number>();
  for (let i = 0; i < length; i++) if (rank[ids[i]] < bound) present.add(ids[i]);
  if (present.size === bound) return NONE;
  return acknowledged.slice(0, bound).find((element) => !present.has(element)) ?? NONE;
}

function reversal(
  history: History,
  elements: Elements,
  { at, latest, missing }: { readonly at: number; readonly latest: number; readonly missing: number },
): Anomaly {
  const { pairs } = history.columns;
  const name = (position: number) => elements.name(elements.at(position));
  return {
    kind: 'causal-reverse',
    sentence:
      `The read by ${whoAndWhen(history, at)} shows ${name(latest)} but misses ${name(missing)}, which had been ` +
      `acknowledged to ${whoAndWhen(history, pairs[missing])} before ${name(latest)} was written.`,
    operations: indicesOf(history, [missing, pairs[missing], latest, pairs[latest], pairs[at], at]),
  };
}
