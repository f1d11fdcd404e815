import { kill } from './kill.js';
import { inRounds, unlessStopped } from './rounds.js';

/** Long enough to read the log and rejoin, too short to be of use. */
const UP_MS = 1_000;

/** The same nodes die again and again, as under an orchestrator that keeps restarting them. */
export const crashLoop = inRounds({
  name: 'crash-loop',
  summary: 'kills the same nodes with SIGKILL again and again, a second after each restart',
  of: kill,
  describe: ({ nodes }) => ({ description: `${nodes.join(' ')} killed again and again`, nodes }),
  round: (request, _, first) => {
    if (first === undefined) return request;
    // Whoever led at first stays the victim, though somebody else leads by now.
    const target = first.nodes.length === 1 ? 'one' : request.target;
    return {
      ...request,
      target,
      order: [...first.nodes, ...request.order.filter((node) => !first.nodes.includes(node))],
    };
  },
  takesMs: 3_000,
  holdMs: 200,
  rest: (context, stop) => unlessStopped(UP_MS, stop, context),
  roundsNeeded: () => 2,
});
