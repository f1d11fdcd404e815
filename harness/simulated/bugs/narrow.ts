import type { Bug } from './bug.js';
import { hastyNewLeader } from './hasty-new-leader.js';
import { interruptedCatchUp } from './interrupted-catch-up.js';

/**
 * Bugs whose window is milliseconds wide and opens only after another fault: faults at random times hardly ever hit it.
 * They are for `faultline explore`; `faultline prove`, which draws its faults at random, leaves them out.
 */
export const NARROW_BUGS: readonly Bug[] = [hastyNewLeader, interruptedCatchUp];
