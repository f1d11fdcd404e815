import { elementsRead, WRITE } from '../transactions/transactions.js';
import type { KeyView, ListAppendInference } from './list-append.js';

/**
 * A transaction against itself on one key: `internal`, a read that contradicts its own earlier reads and appends; and
 * `future-read`, a read of an element that it appends only later.
 */
export function checkInternal(inference: ListAppendInference, view: KeyView): void {
  const { mops, owners } = inference.byKey;
  let append = 0;
  let from = view.from;
  while (from < view.to) {
    const owner = owners.of(mops[from]);
    let to = from + 1;
    while (to < view.to && owners.of(mops[to]) === owner) to++;
    const appends = to - from > 1 ? checkRun(inference, view, from, to, append) : countAppends(inference, from, to);
    append += appends;
    from = to;
  }
}

function countAppends(inference: ListAppendInference, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (inference.transactions.mops[inference.byKey.mops[i]] & WRITE) count++;
  return count;
}

/** One transaction's accesses of a regular key; positions in the version order stand for contents. */
function checkRun(inference: ListAppendInference, view: KeyView, from: number, to: number, append: number): number {
  const { mops, values } = inference.transactions;
  if (view.irregular) return checkContents(inference, view, from, to);
  const firstAppend = append;
  let known = -1;
  let longest = 0;
  let since = append;
  for (let i = from; i < to; i++) {
    const mop = inference.byKey.mops[i];
    if (mops[mop] & WRITE) {
      const place = inference.appends.places[append++];
      if (place >= 0 && place < longest)
        inference.findings.add(...inference.names.futureRead(mop, inference.owner(mop)));
      continue;
    }
    const length = values[mop];
    const own = append - since;
    const base = known >= 0 ? known : length - own;
    let agrees = base >= 0 && length === base + own;
    for (let j = 0; j < own && agrees; j++) agrees = inference.appends.places[since + j] === base + j;
    if (!agrees && (known >= 0 || own > 0)) {
      inference.findings.add(...inference.names.internal(mop, inference.owner(mop)));
      return append - firstAppend + countAppends(inference, i, to);
    }
    known = length;
    since = append;
    if (length > longest) longest = length;
  }
  return append - firstAppend;
}

/** The same by contents, for keys whose reads contradict each other. */
function checkContents(inference: ListAppendInference, view: KeyView, from: number, to: number): number {
  const { mops, values } = inference.transactions;
  const seen = new Set<number>();
  let expected: readonly number[] | undefined;
  let own: number[] = [];
  let broken = false;
  for (let i = from; i < to; i++) {
    const mop = inference.byKey.mops[i];
    if (mops[mop] & WRITE) {
      if (seen.has(values[mop])) inference.findings.add(...inference.names.futureRead(mop, inference.owner(mop)));
      own.push(values[mop]);
      continue;
    }
    const content = [...elementsRead(inference.transactions, mop)];
    const start = content.length - own.length;
    const tail = own.every((value, j) => content[start + j] === value) && start >= 0;
    const agrees =
      expected === undefined ? own.length === 0 || tail : tail && sameValues(content.slice(0, start), expected);
    if (!agrees && !broken) inference.findings.add(...inference.names.internal(mop, inference.owner(mop)));
    broken ||= !agrees;
    for (const value of content) seen.add(value);
    expected = content;
    own = [];
  }
  return countAppends(inference, from, to);
}

function sameValues(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
