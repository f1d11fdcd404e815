/** Event at which an operation returns that never does: its outcome is unknown. */
export const NEVER = 0x7fffffff;
/** No operation. */
export const NONE = -1;

/** Moves quantities. Possible only where the quantity it needs is there. */
export interface Change {
  readonly kind: 'change';
  /** Dimensions it changes, and by how much. */
  readonly dimensions: readonly number[];
  readonly deltas: readonly number[];
  /** The state must hold at least `amount` in `dimension` (from which it takes exactly as much). */
  readonly needs: { readonly dimension: number; readonly amount: number } | undefined;
  /** Changes of the same number do the same. */
  readonly sameAs: number;
}

/** Saw exact quantities, in some or all dimensions at once. */
export interface Exact {
  readonly kind: 'exact';
  readonly dimensions: readonly number[];
  readonly values: readonly number[];
  /** Where it was seen too which changes had taken effect: these, and no others of those in scope. */
  readonly holds: { readonly members: ReadonlySet<number>; readonly inScope: (op: number) => boolean } | undefined;
}

/** Saw that a quantity was less than `limit`. */
export interface Below {
  readonly kind: 'below';
  readonly dimension: number;
  readonly limit: number;
}

export type QuantityOperation = Change | Exact | Below;

/**
 * A history of operations on a vector of quantities: balances of accounts, stocks of articles. Changes commute as far
 * as quantities suffice, and a state is the sum of the changes that took effect: that is what makes a history
 * checkable that no key takes apart.
 */
export interface Quantities {
  readonly size: number;
  /** What the state may have been at the start; usually one vector. */
  readonly starts: readonly Float64Array[];
  readonly operations: readonly QuantityOperation[];
  /** Real-time order: `op` where it may first take effect, `~op` where it must have. */
  readonly events: Int32Array;
  /** Event at which each operation returns, or {@link NEVER}. */
  readonly returns: Int32Array;
  /** Dimensions that begin anew at 0 before an event, because their number is used again. */
  readonly resets: ReadonlyMap<number, readonly number[]>;
}
