import { text } from '../models/values.js';
import type { Json } from '../../harness/history/operation.js';
import type { Partition } from './partition.js';

export type AppendListResult =
  | { readonly validity: 'valid' }
  /** `ops` are illegal by themselves. */
  | { readonly validity: 'invalid'; readonly event: number; readonly ops: readonly number[] }
  /** Not a list of this kind, or not certain how to take a value apart: the general search must decide. */
  | { readonly validity: 'open' };

interface Parsed {
  /** Appends in the order in which the longest read shows them. */
  readonly appends: readonly number[];
  /** Number of appends shown by a value of each length. */
  readonly countAt: ReadonlyMap<number, number>;
}

const OPEN: AppendListResult = { validity: 'open' };

/**
 * Linearizability of a value to which texts are appended, all different, and which is read as a whole; O(n) besides
 * comparing the values. The longest read tells the order of the appends it shows, every other one how many there were:
 * so each operation has a rank (a read after its last append and before the next one; appends that no read shows after
 * everything), and the history is linearizable iff no operation returns before one of a smaller rank is invoked. (Sort
 * by rank, and by invocation within: legal by the ranks, and in real-time order.) Unknown appends that no read shows need
 * not have happened.
 */
export function checkAppendList(partition: Partition, initial: Json): AppendListResult {
  const tokens = new Map<string, number>();
  const reads: number[] = [];
  let longest = -1;
  const valueOf = (op: number) => partition.classes[partition.classOf[op]].output as string;
  for (let op = 0; op < partition.count; op++) {
    const { f, input, output } = partition.classes[partition.classOf[op]];
    if (f === 'append') {
      const token = typeof input === 'string' ? input : text(input);
      if (token === '' || tokens.has(token)) return OPEN;
      tokens.set(token, op);
    } else if (f === 'get' && typeof output === 'string') {
      reads.push(op);
      if (longest === -1 || output.length > valueOf(longest).length) longest = op;
    } else return OPEN;
  }
  if (longest === -1) return { validity: 'valid' };
  const whole = valueOf(longest);
  const parsed = parse(whole, typeof initial === 'string' ? initial : text(initial), tokens);
  if (parsed === undefined) return OPEN;
  const ranks = new Int32Array(partition.count).fill(2 * parsed.appends.length + 2);
  parsed.appends.forEach((op, at) => (ranks[op] = 2 * at + 2));
  for (const read of reads) {
    const value = valueOf(read);
    if (!whole.startsWith(value)) return invalid(partition, [...tokens.values(), longest, read]);
    const count = parsed.countAt.get(value.length);
    if (count === undefined) return OPEN;
    ranks[read] = 2 * count + 1;
  }
  const pair = outOfOrder(partition, ranks);
  return pair === undefined ? { validity: 'valid' } : invalid(partition, [...parsed.appends, longest, ...pair]);
}

/** Takes a value apart. Undefined where more than one text could come next, or none. */
function parse(whole: string, initial: string, tokens: ReadonlyMap<string, number>): Parsed | undefined {
  if (!whole.startsWith(initial)) return undefined;
  const lengths = [...new Set([...tokens.keys()].map((token) => token.length))];
  const appends: number[] = [];
  const used = new Set<number>();
  const countAt = new Map([[initial.length, 0]]);
  for (let at = initial.length; at < whole.length;) {
    let next: number | undefined;
    let length = 0;
    for (const candidate of lengths) {
      const op = at + candidate <= whole.length ? tokens.get(whole.slice(at, at + candidate)) : undefined;
      if (op === undefined || used.has(op)) continue;
      if (next !== undefined) return undefined;
      next = op;
      length = candidate;
    }
    if (next === undefined) return undefined;
    used.add(next);
    appends.push(next);
    at += length;
    countAt.set(at, appends.length);
  }
  return { appends, countAt };
}

/** An operation that returned before one of a smaller rank was invoked, and that one. */
function outOfOrder({ events }: Partition, ranks: Int32Array): readonly [number, number] | undefined {
  let latest = -1;
  for (const code of events) {
    if (code < 0) {
      if (latest === -1 || ranks[~code] > ranks[latest]) latest = ~code;
    } else if (latest !== -1 && ranks[latest] > ranks[code]) return [latest, code];
  }
  return undefined;
}

function invalid({ events, count }: Partition, ops: readonly number[]): AppendListResult {
  const wanted = new Uint8Array(count);
  for (const op of ops) wanted[op] = 1;
  let event = 0;
  for (let at = 0; at < events.length; at++) if (events[at] < 0 && wanted[~events[at]] === 1) event = at;
  return { validity: 'invalid', event, ops: [...new Set(ops)].sort((a, b) => a - b) };
}
