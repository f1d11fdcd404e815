import type { FaultRecord } from '../../history/faults.js';
import type { NodePhase } from '../../../docker/system.js';
import type { Hit } from './coverage.js';

/** So long after a fault was healed a cluster is still busy with it, unless it was seen to have recovered, ns. */
const RECOVERY_NS = 5e9;
/** So long after a change of leaders the new one is new, ns. */
const ELECTION_NS = 1e9;

/**
 * What faults hit on a cluster that cannot be looked into, as far as the history tells: who led, whether a fault before
 * had just been healed or had just cost the leader its place, whether operations were under way.
 */
export function observedHits(faults: readonly FaultRecord[]): readonly Hit[] {
  return faults.flatMap((fault, at) => {
    const { kind, injectedTime, leadersBefore, nodes } = fault;
    if (injectedTime === undefined) return [];
    const phase = phaseAt(injectedTime, fault, faults.slice(0, at));
    const roles = [...new Set(nodes.map((node) => (leadersBefore.includes(node) ? 'leader' : 'follower')))] as const;
    return roles.map((role) => ({ kind, role, phase, time: injectedTime }));
  });
}

function phaseAt(time: number, { leadersBefore, window }: FaultRecord, before: readonly FaultRecord[]): NodePhase {
  const changed = before.some(
    (other) =>
      other.healedTime !== undefined &&
      time - other.healedTime < ELECTION_NS &&
      other.leadersBefore.join() !== other.leadersAfter.join(),
  );
  if (leadersBefore.length === 0 || changed) return 'election';
  const recovering = before.some(
    ({ healedTime, recoveryNs = RECOVERY_NS }) =>
      healedTime !== undefined && time >= healedTime && time - healedTime < recoveryNs,
  );
  if (recovering) return 'recovery';
  return window.inFlight > 0 ? 'replication' : 'quiet';
}
