import type { TimeOrdering } from '../polygraph/time.js';
import type { ShapeName } from './shapes.js';

/** A level that is decided by looking for an order of the versions of every key. */
export interface OpenLevel {
  readonly model: string;
  readonly shape: ShapeName;
  readonly order: TimeOrdering;
  /** Whether a transaction has to agree with itself; where not, what it reads besides its own writes counts as read. */
  readonly internal: boolean;
  /** A stronger level that is decided faster: where it holds, this one does. */
  readonly above: 'serializable' | 'snapshot-isolation';
}

/** The weak levels need no search (`weak.ts`); these do where reads leave the order of writes open. */
export const OPEN_LEVELS: readonly OpenLevel[] = [
  level('strict-serializable', 'serial', 'realtime', 'serializable'),
  level('strong-session-serializable', 'serial', 'process', 'serializable'),
  level('serializable', 'serial', 'none', 'serializable'),
  level('strong-snapshot-isolation', 'snapshot', 'realtime', 'snapshot-isolation'),
  level('strong-session-snapshot-isolation', 'snapshot', 'process', 'snapshot-isolation'),
  level('snapshot-isolation', 'snapshot', 'none', 'snapshot-isolation'),
  level('prefix', 'prefix', 'none', 'snapshot-isolation'),
  level('parallel-snapshot-isolation', 'parallel', 'none', 'snapshot-isolation'),
  level('update-atomic', 'update-atomic', 'none', 'snapshot-isolation'),
  adya('repeatable-read', 'serial', 'serializable'),
  adya('update-serializable', 'update', 'serializable'),
  adya('forward-consistent-view', 'parallel', 'snapshot-isolation'),
  adya('consistent-view', 'parallel', 'snapshot-isolation'),
  adya('monotonic-view', 'monotonic-view', 'snapshot-isolation'),
  adya('monotonic-snapshot-read', 'moving-snapshot', 'snapshot-isolation'),
  adya('cursor-stability', 'cursor', 'snapshot-isolation'),
];

function level(model: string, shape: ShapeName, order: TimeOrdering, above: OpenLevel['above']): OpenLevel {
  return { model, shape, order, internal: true, above };
}

/** Adya's levels speak of dependencies between transactions only. */
function adya(model: string, shape: ShapeName, above: OpenLevel['above']): OpenLevel {
  return { model, shape, order: 'none', internal: false, above };
}
