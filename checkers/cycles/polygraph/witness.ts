import { OverBudget, type Limits } from '../limits.js';
import { blocksOf } from './blocks.js';
import type { Question } from './precedence.js';
import { puzzleOf } from './puzzle.js';
import { restrict } from './restrict.js';
import { solve } from './solve.js';

/** Participants given to the solver while a witness is made smaller, in all. */
const MOST_WORK = 400_000;

/**
 * A set of participants that has no execution even alone, and loses that when any one of them is left out (as far as
 * bounded work shows). `members` (ascending) must be unsolvable as a part of the whole. Made smaller by leaving out chunks,
 * halving them down to single participants (ddmin, Zeller and Hildebrandt 2002).
 */
export function minimalWitness(question: Question, members: Int32Array, limits: Limits): Int32Array {
  return shrink(question, closeBlocks(question, members), limits);
}

/** The same for participants (ascending) that are impossible even alone. */
export function shrink(question: Omit<Question, 'blocks'>, members: Int32Array, limits: Limits): Int32Array {
  let witness = members;
  if (!impossibleAlone(question, witness, limits)) {
    throw new Error('a set of transactions was found impossible among others but not alone');
  }
  let work = 0;
  try {
    for (let chunk = Math.ceil(witness.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
      for (let at = 0; at < witness.length;) {
        const from = at;
        const rest = witness.filter((_, i) => i < from || i >= from + chunk);
        work += rest.length;
        if (work > MOST_WORK) return witness;
        if (impossibleAlone(question, rest, limits)) witness = rest;
        else at += chunk;
      }
    }
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error;
  }
  return witness;
}

/** Whether these participants (ascending), without any others, have no execution. */
export function impossibleAlone(
  { registers, isolation, order }: Omit<Question, 'blocks'>,
  members: Int32Array,
  limits: Limits,
): boolean {
  const alone = restrict(registers, members);
  const blocks = blocksOf(alone);
  if ('kind' in blocks) return true;
  const everybody = Int32Array.from({ length: alone.length }, (_, member) => member);
  const ranks = new Int32Array(blocks.count);
  return (
    solve(puzzleOf({ registers: alone, blocks, isolation, order }, everybody, ranks, limits), limits) === undefined
  );
}

/**
 * Adds everybody between the first and the last of a block that is touched: only then the block holds together without
 * the whole history. The initial block is known to come first only with all that leads up to what is touched.
 */
function closeBlocks({ registers, blocks }: Question, members: Int32Array): Int32Array {
  const { owners, writeStarts, readStarts, readVersions } = registers;
  const touched = new Map<number, { low: number; high: number }>();
  const touch = (version: number) => {
    const block = blocks.of[version];
    const range = touched.get(block);
    if (range) {
      if (blocks.places[version] < blocks.places[range.low]) range.low = version;
      if (blocks.places[version] > blocks.places[range.high]) range.high = version;
    } else {
      const start = blocks.first[block];
      touched.set(block, { low: start >= owners.length ? start : version, high: version });
    }
  };
  const closed = new Set<number>(members);
  for (const member of members) {
    for (let write = writeStarts[member]; write < writeStarts[member + 1]; write++) touch(write);
    for (let read = readStarts[member]; read < readStarts[member + 1]; read++) touch(readVersions[read]);
  }
  for (const { low, high } of touched.values()) {
    for (let version = low; ; version = blocks.next[version]) {
      if (version < owners.length) closed.add(owners[version]);
      if (version === high) break;
    }
  }
  return Int32Array.from(closed).sort();
}
