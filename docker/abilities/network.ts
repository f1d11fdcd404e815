import { connect } from 'node:net';
import { exec, execOk } from '../engine/exec.js';
import type { Pod } from '../engine/pods.js';
import { CLIENTS, type Endpoint, type Link, type NetworkAbility } from '../system.js';
import { COUNTERS_SCRIPT, cutScript, HEAL_SCRIPT, parseCounters, rulesLeft } from './iptables.js';

export interface NetworkTopology {
  readonly pods: readonly Pod[];
  /** Where clients come from: the host's address on the network. */
  readonly clientAddress: string;
  /** The database's port, the same on every node. */
  readonly port: number;
}

const SCRIPT_TIMEOUT_MS = 10_000;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Faults on the network by firewall rules in the sandboxes. A link is cut where its packets arrive: n1→n2 is dropped in
 * n2's sandbox by n1's address. Packets to the clients are dropped where they leave, since the host's firewall is not
 * ours to touch.
 */
export function networkAbility(topology: NetworkTopology): NetworkAbility {
  const { pods } = topology;
  const addressOf = (endpoint: Endpoint) =>
    endpoint === CLIENTS ? topology.clientAddress : podOf(topology, endpoint).address;
  return {
    async cut(links) {
      await everyPod(pods, async (pod) => {
        const sources = links.filter(({ to }) => to === pod.node).map(({ from }) => addressOf(from));
        const destinations = links
          .filter(({ from, to }) => from === pod.node && to === CLIENTS)
          .map(({ to }) => addressOf(to));
        if (sources.length + destinations.length === 0) return;
        await execOk(pod.sandbox, ['sh', '-c', cutScript(sources, destinations)], SCRIPT_TIMEOUT_MS);
      });
    },
    async heal() {
      await everyPod(pods, (pod) => healPod(pod, 3));
    },
    async dropped() {
      const perPod = await everyPod(pods, async (pod) => {
        const listing = await execOk(pod.sandbox, ['sh', '-c', COUNTERS_SCRIPT], SCRIPT_TIMEOUT_MS);
        return parseCounters(listing).map(({ chain, address, packets }) => {
          const peer = endpointAt(topology, address);
          return chain === 'in' ? { from: peer, to: pod.node, packets } : { from: pod.node, to: peer, packets };
        });
      });
      return perPod.flat();
    },
    probe: (links) => probe(topology, links),
  };
}

async function healPod(pod: Pod, attempts: number): Promise<void> {
  try {
    const left = rulesLeft(await execOk(pod.sandbox, ['sh', '-c', HEAL_SCRIPT], SCRIPT_TIMEOUT_MS));
    if (left.length > 0) throw new Error(`rules left after healing: ${left.join('; ')}`);
  } catch (error) {
    if (attempts <= 1) throw error;
    await healPod(pod, attempts - 1);
  }
}

/**
 * Connects to the database port and sees whether anything comes back. A refusal counts as reachable: it is an answer
 * that crossed the network twice, and says that the database is down, which is another fault's business. As every
 * connection needs both directions, a link is unreachable when either direction between its ends is cut; which one,
 * the counters tell. From or to the clients, the host connects.
 */
async function probe(
  topology: NetworkTopology,
  links: readonly Link[],
): Promise<readonly (Link & { readonly reachable: boolean })[]> {
  const answers = new Map<string, boolean>();
  const nodeToNode = links.filter(({ from, to }) => from !== CLIENTS && to !== CLIENTS);
  const sources = [...new Set(nodeToNode.map(({ from }) => from))];
  const withClients = links.filter(({ from, to }) => from === CLIENTS || to === CLIENTS);
  await Promise.all([
    ...sources.map(async (from) => {
      const targets = nodeToNode.filter((link) => link.from === from).map(({ to }) => to);
      const reached = await probeFromPod(topology, podOf(topology, from), targets);
      for (const to of targets) answers.set(linkKey({ from, to }), reached.has(to));
    }),
    ...withClients.map(async (link) => {
      const node = link.from === CLIENTS ? link.to : link.from;
      answers.set(linkKey(link), await probeFromHost(podOf(topology, node).address, topology.port));
    }),
  ]);
  return links.map((link) => ({ ...link, reachable: answers.get(linkKey(link)) ?? false }));
}

/** Targets in parallel, so that a node cut off from all takes one second and not one for each. */
const PROBE_SCRIPT = `
for address in "$@"; do
  (
    answer=$(timeout ${PROBE_TIMEOUT_MS / 1000} bash -c "exec 3<>/dev/tcp/$address/$PORT" 2>&1)
    case "$?:$answer" in 0:*|*refused*) echo "$address";; esac
  ) &
done
wait`;

async function probeFromPod(
  topology: NetworkTopology,
  pod: Pod,
  targets: readonly string[],
): Promise<ReadonlySet<Endpoint>> {
  const addresses = targets.map((target) => podOf(topology, target).address);
  const script = `export LC_ALL=C PORT=${topology.port}\n${PROBE_SCRIPT}`;
  const { stdout } = await exec(pod.sandbox, ['bash', '-c', script, 'probe', ...addresses], SCRIPT_TIMEOUT_MS);
  const answered = stdout.split('\n').filter((line) => line !== '');
  return new Set(answered.map((address) => endpointAt(topology, address)));
}

function probeFromHost(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_TIMEOUT_MS });
    const done = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', () => done(true));
    socket.once('timeout', () => done(false));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED'));
  });
}

function linkKey({ from, to }: Link): string {
  return `${from}→${to}`;
}

function podOf({ pods }: NetworkTopology, node: string): Pod {
  const pod = pods.find((candidate) => candidate.node === node);
  if (!pod) throw new RangeError(`no node ${node} in this cluster`);
  return pod;
}

function endpointAt({ pods, clientAddress }: NetworkTopology, address: string): Endpoint {
  if (address === clientAddress) return CLIENTS;
  return pods.find((pod) => pod.address === address)?.node ?? address;
}

/** Runs `work` on all pods at once and waits for all before the first failure is thrown, with the node's name. */
async function everyPod<T>(pods: readonly Pod[], work: (pod: Pod) => Promise<T>): Promise<readonly T[]> {
  const results = await Promise.allSettled(pods.map(work));
  return results.map((result, i) => {
    if (result.status === 'fulfilled') return result.value;
    const reason: unknown = result.reason;
    throw new Error(`${pods[i]!.node}: ${reason instanceof Error ? reason.message : String(reason)}`, {
      cause: reason,
    });
  });
}
