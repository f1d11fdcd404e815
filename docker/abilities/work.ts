import { execOk } from '../engine/exec.js';
import type { Pod } from '../engine/pods.js';
import type { NodeWork, WorkAbility } from '../system.js';
import { INSPECT_SCRIPT, type Inspection, parseInspection } from './work-scripts.js';

const TIMEOUT_MS = 10_000;
/** A pod that is being removed may be broken already: nobody waits long for its count. */
const LEAVING_MS = 3_000;

/** Counters live and die with a sandbox; the sums of those that left are kept here. */
export interface PodWork extends WorkAbility {
  /** To be told before a sandbox goes; never rejects. */
  leaving(pod: Pod): Promise<void>;
}

/** Counts by a firewall rule in each sandbox, behind all rules by which faults drop packets. */
export function workAbility(pods: () => readonly Pod[]): PodWork {
  /** Of pods that left, by node; undefined where one could not be asked. */
  const former = new Map<string, number | undefined>();
  const gone = new Set<Pod>();
  return {
    async received() {
      const now = pods().filter((pod) => !gone.has(pod));
      const present = await Promise.all(now.map(async (pod) => [pod.node, await inspect(pod, TIMEOUT_MS)] as const));
      const nodes = [...new Set([...former.keys(), ...present.map(([node]) => node)])];
      return nodes.sort().map((node): NodeWork => {
        const here = present.find(([name]) => name === node)?.[1] ?? { packets: 0, strange: [] };
        const before = former.has(node) ? former.get(node) : 0;
        const packets = before === undefined || here.packets === undefined ? undefined : before + here.packets;
        return { node, packets, strange: here.strange };
      });
    },
    async leaving(pod) {
      // Ended again after a failure: it was counted.
      if (gone.has(pod)) return;
      gone.add(pod);
      const { packets } = await inspect(pod, LEAVING_MS);
      const before = former.has(pod.node) ? former.get(pod.node) : 0;
      former.set(pod.node, before === undefined || packets === undefined ? undefined : before + packets);
    },
  };
}

/** A sandbox that cannot be asked has counted nothing that anybody knows of. */
async function inspect(pod: Pod, timeoutMs: number): Promise<Inspection> {
  try {
    return parseInspection(await execOk(pod.sandbox, ['sh', '-c', INSPECT_SCRIPT], timeoutMs));
  } catch {
    return { packets: undefined, strange: [] };
  }
}
