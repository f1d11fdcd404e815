import type { ClusterPlan } from '../cluster.js';
import type { Pod } from '../engine/pods.js';
import type { Abilities, ClusterNode } from '../system.js';
import { backupAbility } from './backup.js';
import { clockAbility } from './clocks.js';
import { diskAbility } from './disks.js';
import { failoverAbility } from './failover.js';
import { freezerAbility } from './freezer.js';
import { logAbility } from './logs.js';
import { membershipAbility } from './membership.js';
import { orchestratorAbility, type PodSet } from './orchestrator.js';
import { powerAbility } from './power.js';
import { processAbility } from './processes.js';
import { trafficAbility } from './traffic.js';

interface Ground {
  readonly plan: ClusterPlan;
  readonly pods: () => readonly Pod[];
  readonly nodes: () => readonly ClusterNode[];
}

/** What can be done to the nodes of a cluster: what every pod offers, what this run has, what this product knows. */
export function abilitiesOf(set: PodSet, { plan, pods, nodes }: Ground): Abilities {
  const podOf = (node: string) => set.pod(node);
  const { agent, hasClocks, clientAddress } = set.site;
  const processes = processAbility(podOf, plan.processNames);
  return {
    network: set.network,
    processes,
    freezer: freezerAbility(podOf),
    logs: logAbility(pods),
    work: set.work,
    traffic: trafficAbility({ pods, clientAddress, port: plan.port }),
    ...(agent && { power: powerAbility(podOf, agent, plan.recoveryLog), disks: diskAbility(podOf, agent) }),
    ...(hasClocks && plan.time && { clocks: clockAbility(podOf, plan.time) }),
    ...(plan.moves && { orchestrator: orchestratorAbility(set, plan.moves) }),
    ...(plan.failover && { failover: failoverAbility(nodes, processes, plan.failover) }),
    ...(plan.backups && {
      backups: backupAbility(
        set,
        { database: plan.database.bind(plan), backups: plan.backups, recoveryLog: plan.recoveryLog },
        nodes,
      ),
    }),
    ...(plan.members && { membership: membershipAbility(set, plan.members, nodes) }),
  };
}
