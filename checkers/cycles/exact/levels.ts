import type { TimeOrdering } from '../polygraph/time.js';
import type { ShapeName } from './shapes.js';

/** A level that is decided by looking for an order of the versions of every key. */
export interface OpenLevel {
  readonly model: string;
  readonly shape: ShapeName;
  readonly order: TimeOrdering;
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
  adya('strong-read-committed', 'committed', 'snapshot-isolation', 'realtime'),
  adya('strong-session-read-committed', 'committed', 'snapshot-isolation', 'process'),
  adya('read-committed', 'committed', 'snapshot-isolation'),
];

function level(model: string, shape: ShapeName, order: TimeOrdering, above: OpenLevel['above']): OpenLevel {
  return { model, shape, order, above };
}

/** Adya's levels speak of dependencies between transactions only. */
function adya(model: string, shape: ShapeName, above: OpenLevel['above'], order: TimeOrdering = 'none'): OpenLevel {
  return { model, shape, order, above };
}
