/**
 * Leaves out as much of a list as may be left out: all of it, halves, quarters, down to single items, as delta debugging
 * does (Zeller and Hildebrandt, 2002). `keeps` says whether what is left still does what it should, and is asked about
 * ever shorter lists; what it said yes to last is the result. No single item of the result can be left out any more,
 * unless `keeps` is fickle.
 */
export async function reduceList<T>(
  items: readonly T[],
  keeps: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (items.length === 0 || (await keeps([]))) return [];
  let left = items;
  for (let size = Math.ceil(left.length / 2); size >= 1 && left.length > 1;) {
    let removed = false;
    for (let at = 0; at < left.length;) {
      const candidate = left.toSpliced(at, size);
      if (candidate.length < left.length && candidate.length > 0 && (await keeps(candidate))) {
        left = candidate;
        removed = true;
      } else at += size;
    }
    // What could not be left out before may be now that others are gone.
    if (size > 1) size = Math.min(Math.ceil(size / 2), Math.ceil(left.length / 2));
    else if (!removed) break;
  }
  return left;
}

/** The smallest number from `least` to `value` that `keeps` accepts, to within `grain`, where smaller ones are harder. */
export async function reduceNumber(
  value: number,
  least: number,
  grain: number,
  keeps: (value: number) => Promise<boolean>,
): Promise<number> {
  if (value <= least) return value;
  if (await keeps(least)) return least;
  let [refused, kept] = [least, value];
  while (kept - refused > grain) {
    const middle = Math.round((refused + kept) / 2);
    if (middle === refused || middle === kept) break;
    if (await keeps(middle)) kept = middle;
    else refused = middle;
  }
  return kept;
}
