/**
 * One way things may stand: the quantities, and which of the pending operations took effect. What returned is part of
 * every configuration, so only pending operations tell two of them apart.
 */
export interface Configuration {
  readonly vector: Float64Array;
  /** Which of the possible starts it grew from. */
  readonly start: number;
  /** Pending changes that took effect, ascending. */
  readonly applied: readonly number[];
  /** Open observations that were made, ascending. */
  readonly observed: readonly number[];
}

/** The same changes from the same start give the same vector. */
export function keyOf({ start, applied }: Configuration): string {
  return applied.length === 0 ? `${start}` : `${start}:${applied.join()}`;
}

/** Configurations of which none dominates another: with equal changes, one that observed more is better. */
export class Frontier {
  readonly list: Configuration[] = [];
  private readonly places = new Map<string, number[]>();

  /** Answers whether it is new and not dominated. */
  add(configuration: Configuration): boolean {
    const key = keyOf(configuration);
    const same = this.places.get(key);
    if (same === undefined) {
      this.places.set(key, [this.list.length]);
      this.list.push(configuration);
      return true;
    }
    for (const place of same) {
      if (includes(this.list[place].observed, configuration.observed)) return false;
    }
    const beaten = same.findIndex((place) => includes(configuration.observed, this.list[place].observed));
    if (beaten >= 0) this.list[same[beaten]] = configuration;
    else {
      same.push(this.list.length);
      this.list.push(configuration);
    }
    return true;
  }
}

/** Whether ascending `all` has every member of ascending `some`. */
export function includes(all: readonly number[], some: readonly number[]): boolean {
  if (some.length > all.length) return false;
  let at = 0;
  for (const member of some) {
    while (at < all.length && all[at] < member) at++;
    if (all[at] !== member) return false;
  }
  return true;
}

export function inserted(list: readonly number[], member: number): readonly number[] {
  let at = list.length;
  while (at > 0 && list[at - 1] > member) at--;
  return list.toSpliced(at, 0, member);
}

export function without(list: readonly number[], member: number): readonly number[] {
  const at = list.indexOf(member);
  return at < 0 ? list : list.toSpliced(at, 1);
}
