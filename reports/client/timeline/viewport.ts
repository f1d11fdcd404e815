/** A stretch of time in ns. */
export interface Viewport {
  readonly start: number;
  readonly end: number;
}

/** Nothing is gained by looking closer than a microsecond across the screen. */
const MIN_SPAN = 1_000;

/** Scales around an anchor time that stays where it is; `factor` below 1 looks closer. Stays inside `bounds`. */
export function zoom(view: Viewport, factor: number, anchor: number, bounds: Viewport): Viewport {
  const span = view.end - view.start;
  const wanted = Math.min(bounds.end - bounds.start, Math.max(minSpan(bounds), span * factor));
  const share = span === 0 ? 0.5 : (anchor - view.start) / span;
  return within({ start: anchor - share * wanted, end: anchor + (1 - share) * wanted }, bounds);
}

export function pan(view: Viewport, deltaNs: number, bounds: Viewport): Viewport {
  return within({ start: view.start + deltaNs, end: view.end + deltaNs }, bounds);
}

/** Moves a view into the bounds without changing its span, unless it is larger than they are. */
export function within({ start, end }: Viewport, bounds: Viewport): Viewport {
  const span = Math.min(end - start, bounds.end - bounds.start);
  const from = Math.min(Math.max(start, bounds.start), bounds.end - span);
  return { start: from, end: from + span };
}

/** A view around an operation that leaves room to see what was going on beside it. */
export function around(start: number, end: number, bounds: Viewport): Viewport {
  const span = Math.max((end - start) * 8, (bounds.end - bounds.start) / 400, minSpan(bounds));
  const middle = (start + end) / 2;
  return within({ start: middle - span / 2, end: middle + span / 2 }, bounds);
}

function minSpan(bounds: Viewport): number {
  return Math.min(MIN_SPAN, Math.max(4, bounds.end - bounds.start));
}
