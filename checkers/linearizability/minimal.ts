import type { Deadline } from './budget.js';
import type { VectorSet } from './configurations.js';
import type { Credits } from './credits.js';

/** Masks in a configuration, after its value: fewer bits are better in each. */
export const MASKS = 3;
/** A configuration is compared with at most this many smaller ones: pruning is an economy, not a need. */
const MOST_COMPARED = 1000;

/** Reused between calls. */
let weights = new Uint16Array(64);
let ordered = new Int32Array(64);
const buckets = new Int32Array(0x10000);

/**
 * Copies to `target` the configurations of `set` that no other one dominates: same value, no obligation more, no write
 * used more, nothing more that is too new for an excursion, no credit spent more. Whatever the dominated one can still do, the other can. Answers how many there are;
 * `target` must have room for all. Past `most` it keeps those with the fewest bits and answers minus their number.
 */
export function keepMinimal(
  set: VectorSet,
  target: Int32Array,
  words: number,
  spentWord: number,
  credits: Credits,
  deadline: Deadline,
  most = Number.POSITIVE_INFINITY,
): number {
  const { width, size, data } = set;
  if (size === 1) {
    for (let word = 0; word < width; word++) target[word] = data[word];
    return 1;
  }
  sortByWeight(set, words);
  let kept = 0;
  for (let rank = 0; rank < size; rank++) {
    deadline.tick();
    const at = ordered[rank] * width;
    if (isDominated(data, at, target, kept, width, words, spentWord, credits)) continue;
    if (kept >= most) return -kept;
    const to = kept * width;
    for (let word = 0; word < width; word++) target[to + word] = data[at + word];
    kept++;
  }
  return kept;
}

function isDominated(
  data: Int32Array,
  at: number,
  target: Int32Array,
  kept: number,
  width: number,
  words: number,
  spentWord: number,
  credits: Credits,
): boolean {
  const compared = kept < MOST_COMPARED ? kept : MOST_COMPARED;
  const masks = MASKS * words;
  const state = data[at];
  for (let other = 0, end = compared * width; other < end; other += width) {
    if (target[other] !== state) continue;
    let word = 1;
    while (word <= masks && (target[other + word] & ~data[at + word]) === 0) word++;
    if (word <= masks) continue;
    if (credits.isEmpty) return true;
    // The word after is the number of unknown updates that an excursion may spend: more is better.
    if (target[other + spentWord + 1] < data[at + spentWord + 1]) continue;
    if (credits.atMost(target[other + spentWord], data[at + spentWord])) return true;
  }
  return false;
}

/** Fills `ordered` with indices by ascending number of bits: whoever dominates has fewer. */
function sortByWeight({ width, size, data }: VectorSet, words: number): void {
  if (weights.length < size) {
    weights = new Uint16Array(size * 2);
    ordered = new Int32Array(size * 2);
  }
  let heaviest = 0;
  for (let index = 0; index < size; index++) {
    let weight = 0;
    for (let word = 1, at = index * width + 1; word <= MASKS * words; word++, at++) weight += bitCount(data[at]);
    weights[index] = weight;
    if (weight > heaviest) heaviest = weight;
  }
  if (size <= FEW) {
    insertionSort(size);
    return;
  }
  buckets.fill(0, 0, heaviest + 2);
  for (let index = 0; index < size; index++) buckets[weights[index] + 1]++;
  for (let weight = 1; weight <= heaviest; weight++) buckets[weight] += buckets[weight - 1];
  for (let index = 0; index < size; index++) ordered[buckets[weights[index]]++] = index;
}

/** Up to so many are sorted without buckets. */
const FEW = 12;

function insertionSort(size: number): void {
  for (let index = 0; index < size; index++) {
    const weight = weights[index];
    let at = index;
    for (; at > 0 && weights[ordered[at - 1]] > weight; at--) ordered[at] = ordered[at - 1];
    ordered[at] = index;
  }
}

function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
