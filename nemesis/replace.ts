import { move } from './moved.js';
import type { Nemesis } from './nemesis.js';
import { fitting, TARGETS } from './targets.js';

/** Never a majority: what was acknowledged must survive somewhere, or the test would ask for the impossible. */
const { one, leader, 'non-leader': nonLeader, minority } = TARGETS;
const REPLACED = { one, leader, 'non-leader': nonLeader, minority };

/** Pods made again from nothing: the machine is lost with its disk, and the node has to rejoin. */
export const replace: Nemesis = {
  name: 'replace',
  summary: 'removes pods with their volumes; the nodes rejoin empty, with other addresses, one by one',
  needs: ['orchestrator', 'processes'],
  targets: Object.keys(REPLACED),
  takesMs: 10_000,
  targetsFor: ({ nodes }) => fitting(REPLACED, nodes),
  minNodes: 3,
  inject: (request, context) => move(request, context, { volume: 'wiped', targets: REPLACED }),
};
