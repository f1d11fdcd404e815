import type { FaultRequest } from '../../harness/history/faults.js';
import type { Limits, NemesisContext } from '../nemesis.js';
import type { FakeCluster } from './fake-cluster.js';

/** Short enough for a test that waits in vain. */
export const QUICK: Limits = { callMs: 120, slowMs: 200, effectMs: 40, leaderMs: 30, healMs: 60, pollMs: 5 };
/** For a test that waits for something to come, on a machine that may stall. */
export const PATIENT: Limits = {
  callMs: 5_000,
  slowMs: 5_000,
  effectMs: 5_000,
  leaderMs: 5_000,
  healMs: 5_000,
  pollMs: 5,
};

export function request(kind: string, target: string, order: readonly string[]): FaultRequest {
  return { id: 1, kind, target, order };
}

export function contextOf(cluster: FakeCluster, more: Partial<NemesisContext> = {}): NemesisContext {
  return { cluster, limits: QUICK, ...more };
}
