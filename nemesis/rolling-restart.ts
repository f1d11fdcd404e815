import { kill } from './kill.js';
import { inRounds, orStopped } from './rounds.js';
import { byName } from './targets.js';

const READY_MS = 30_000;

/** Every node once, the next one only when the cluster is whole again: the shape of an upgrade. */
export const rollingRestart = inRounds({
  name: 'rolling-restart',
  summary: 'kills and restarts all nodes one by one, waiting each time for the cluster to be whole',
  of: kill,
  targets: ['all'],
  describe: (_, { order }) => ({ description: `${order.join(' ')} restarted one by one`, nodes: byName(order) }),
  round: (request, at) =>
    at < request.order.length
      ? { ...request, target: 'one', order: [...request.order.slice(at), ...request.order.slice(0, at)] }
      : undefined,
  takesMs: 8_000,
  holdMs: 200,
  rest: ({ cluster }, stop) => orStopped(cluster.ready(READY_MS), stop),
  roundsNeeded: (nodes) => nodes,
});
