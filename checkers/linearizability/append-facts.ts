import type { Json } from '../../harness/history/operation.js';
import type { DataType } from '../model.js';
import { text } from '../models/values.js';
import { type Texts, ValueParser } from './append-values.js';
import type { Deadline } from './budget.js';
import { returnsOf, type Partition } from './partition.js';

/** A register to which texts are appended. */
export type AppendType = Extract<DataType, { readonly kind: 'register' }> & { readonly append: string };

/** What the operations are, whatever is told of them. */
export interface Facts {
  readonly partition: Partition;
  readonly type: AppendType;
  readonly calls: Int32Array;
  readonly returns: Int32Array;
  /** Appends of each text. */
  readonly appends: ReadonlyMap<string, readonly number[]>;
  readonly reads: readonly Read[];
}

export interface Read {
  readonly op: number;
  /** Stretches that it may be of, with the texts appended since. */
  readonly sources: readonly { readonly stretch: number; readonly texts: Texts }[];
}

/** A value that was written, or the initial one, and what was appended to it. */
export interface Stretch {
  /** The write; −1 for the initial value. */
  readonly write: number;
  /** The longest that a read shows, and the read. */
  texts: Texts;
  read: number;
  /** The append of each; −1 while it is open which one of several. */
  appends: number[];
  /** Earliest return and latest invocation of what is certainly on it. */
  first: number;
  last: number;
}

/** The facts, and the stretches with nothing but their writes on them. */
export interface Told extends Facts {
  readonly stretches: readonly Stretch[];
}

const NO_TEXTS: Texts = { all: [], count: 0, distinct: 0 };

/** Undefined where values cannot be taken apart with certainty; or a read that nothing explains. */
export function tellApart(
  partition: Partition,
  type: AppendType,
  initial: Json,
  deadline: Deadline,
): Told | { readonly unexplained: number } | undefined {
  if (typeof initial !== 'string') return undefined;
  const { classes, classOf, count } = partition;
  const appends = new Map<string, number[]>();
  const starts = new Map<string, number[]>([[initial, [0]]]);
  const stretches: Stretch[] = [{ write: -1, texts: NO_TEXTS, read: -1, appends: [], first: -1, last: -1 }];
  const returns = returnsOf(partition);
  const calls = callsOf(partition);
  const reads: number[] = [];
  for (let op = 0; op < count; op++) {
    const { f, input, output } = classes[classOf[op]];
    if (f === type.append) {
      const appended = typeof input === 'string' ? input : text(input);
      if (appended === '') return undefined;
      pushTo(appends, appended, op);
    } else if (f === type.write) {
      if (typeof input !== 'string') return undefined;
      pushTo(starts, input, stretches.length);
      stretches.push({ write: op, texts: NO_TEXTS, read: -1, appends: [], first: returns[op], last: calls[op] });
    } else if (f === type.read && typeof output === 'string') reads.push(op);
    else return undefined;
  }
  const valueOf = (op: number) => classes[classOf[op]].output as string;
  // The longest value first: those that it begins with need not be taken apart again.
  reads.sort((a, b) => valueOf(b).length - valueOf(a).length);
  const parser = new ValueParser(starts.keys(), appends.keys());
  const told: Read[] = [];
  for (const op of reads) {
    deadline.tick();
    const parses = parser.parse(valueOf(op));
    if (parses === 'ambiguous') return undefined;
    const sources = parses.flatMap(({ start, texts }) =>
      isTwice(texts, appends) ? [] : starts.get(start)!.map((stretch) => ({ stretch, texts })),
    );
    if (sources.length === 0) return { unexplained: op };
    told.push({ op, sources });
  }
  return { partition, type, calls, returns, appends, reads: told, stretches };
}

function pushTo(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function callsOf({ count, events }: Partition): Int32Array {
  const calls = new Int32Array(count);
  for (let at = 0; at < events.length; at++) if (events[at] >= 0) calls[events[at]] = at;
  return calls;
}

/** Whether a text that was appended once comes twice. */
function isTwice({ all, count, distinct }: Texts, appends: ReadonlyMap<string, readonly number[]>): boolean {
  if (count <= distinct) return false;
  const seen = new Set<string>();
  return all.slice(0, count).some((one) => seen.size === seen.add(one).size && appends.get(one)!.length === 1);
}
