import { move } from './moved.js';
import type { Nemesis } from './nemesis.js';
import { fitting, TARGETS } from './targets.js';

/** Pods made again on their own volumes, with other addresses: what an orchestrator does when it drains a machine. */
export const reschedule: Nemesis = {
  name: 'reschedule',
  summary: 'removes pods and makes them again on the same volume with another address, one by one',
  needs: ['orchestrator', 'processes'],
  targets: Object.keys(TARGETS),
  takesMs: 10_000,
  targetsFor: ({ nodes }) => fitting(TARGETS, nodes),
  minNodes: 1,
  inject: (request, context) => move(request, context, { volume: 'kept', targets: TARGETS }),
};
