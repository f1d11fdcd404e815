import { partition } from './partition.js';
import { inRounds, unlessStopped } from './rounds.js';

/** Less than an election timeout: long enough to reconnect, too short to settle. */
const REST_MS = 700;

/** A link that comes and goes; cutting off the leader, it follows whoever leads. */
export const flapping = inRounds({
  name: 'flapping',
  summary: 'cuts the network as partition does and joins it again, about every second',
  of: partition,
  describe: ({ description, nodes }) => ({ description: `${description}; flapping`, nodes }),
  round: (request) => request,
  takesMs: 3_000,
  holdMs: 700,
  rest: (context, stop) => unlessStopped(REST_MS, stop, context),
  roundsNeeded: () => 2,
});
