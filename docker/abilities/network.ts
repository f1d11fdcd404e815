import { connect } from 'node:net';
import { exec, execOk } from '../engine/exec.js';
import type { Pod } from '../engine/pods.js';
import { eachPod } from './each-pod.js';
import { CLIENTS, type Endpoint, type Link, type NetworkAbility } from '../system.js';
import {
  COUNTERS_SCRIPT,
  cutScript,
  HEAL_SCRIPT,
  joinScript,
  parseCounters,
  rulesLeft,
  rulesLeftOf,
} from './iptables.js';

export interface NetworkTopology {
  /** As they are now: pods come and go. */
  pods(): readonly Pod[];
  /** Where clients come from: the host's address on the network. */
  readonly clientAddress: string;
  /** The database's port, the same on every node. */
  readonly port: number;
}

/** What is cut stays cut when a pod is made again at another address. */
export interface PodNetwork extends NetworkAbility {
  /** Puts the rules that concern a node in place again, in its new sandbox and in those of the others. */
  moved(node: string, oldAddress: string): Promise<void>;
}

const SCRIPT_TIMEOUT_MS = 10_000;
const PROBE_TIMEOUT_MS = 1_000;
const HEAL_ATTEMPTS = 3;

/**
 * Faults on the network by firewall rules in the sandboxes. A link is cut where its packets arrive: n1→n2 is dropped in
 * n2's sandbox by n1's address. Packets to the clients are dropped where they leave, since the host's firewall is not
 * ours to touch.
 */
export function networkAbility(topology: NetworkTopology): PodNetwork {
  const cuts = new Map<string, Link>();
  const place = (links: readonly Link[]) =>
    eachPod(topology.pods(), async (pod) => {
      const { sources, destinations } = rulesAt(topology, pod, links);
      if (sources.length + destinations.length === 0) return;
      await execOk(pod.sandbox, ['sh', '-c', cutScript(sources, destinations)], SCRIPT_TIMEOUT_MS);
    });
  return {
    async cut(links) {
      for (const endpoint of links.flatMap(({ from, to }) => [from, to])) {
        if (endpoint !== CLIENTS) podOf(topology, endpoint);
      }
      for (const link of links) cuts.set(linkKey(link), link);
      await place(links);
    },
    async heal(links) {
      if (links === undefined) cuts.clear();
      else for (const link of links) cuts.delete(linkKey(link));
      await eachPod(topology.pods(), (pod) => insist(HEAL_ATTEMPTS, () => healPod(topology, pod, links)));
    },
    async dropped() {
      const perPod = await eachPod(topology.pods(), async (pod) => {
        const listing = await execOk(pod.sandbox, ['sh', '-c', COUNTERS_SCRIPT], SCRIPT_TIMEOUT_MS);
        return parseCounters(listing).map(({ chain, address, packets }) => {
          const peer = endpointAt(topology, address);
          return chain === 'in' ? { from: peer, to: pod.node, packets } : { from: pod.node, to: peer, packets };
        });
      });
      return perPod.flat();
    },
    probe: (links) => probe(topology, links),
    async moved(node, oldAddress) {
      const stale = joinScript([oldAddress], [oldAddress]);
      await eachPod(topology.pods(), (pod) => execOk(pod.sandbox, ['sh', '-c', stale], SCRIPT_TIMEOUT_MS));
      await place([...cuts.values()].filter(({ from, to }) => from === node || to === node));
    },
  };
}

/** Peers' addresses whose packets this pod drops for these links, by direction. Endpoints that are gone have none. */
function rulesAt(topology: NetworkTopology, pod: Pod, links: readonly Link[]) {
  const addresses = (endpoints: readonly Endpoint[]) => endpoints.flatMap((each) => addressOf(topology, each) ?? []);
  return {
    sources: addresses(links.filter(({ to }) => to === pod.node).map(({ from }) => from)),
    destinations: addresses(links.filter(({ from, to }) => from === pod.node && to === CLIENTS).map(({ to }) => to)),
  };
}

function addressOf({ pods, clientAddress }: NetworkTopology, endpoint: Endpoint): string | undefined {
  return endpoint === CLIENTS ? clientAddress : pods().find(({ node }) => node === endpoint)?.address;
}

async function healPod(topology: NetworkTopology, pod: Pod, links: readonly Link[] | undefined): Promise<void> {
  const { sources, destinations } = rulesAt(topology, pod, links ?? []);
  if (links !== undefined && sources.length + destinations.length === 0) return;
  const script = links === undefined ? HEAL_SCRIPT : joinScript(sources, destinations);
  const listing = await execOk(pod.sandbox, ['sh', '-c', script], SCRIPT_TIMEOUT_MS);
  const left = links === undefined ? rulesLeft(listing) : rulesLeftOf(listing, sources, destinations);
  if (left.length > 0) throw new Error(`rules left after healing: ${left.join('; ')}`);
}

async function insist(attempts: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (attempts <= 1) throw error;
    await insist(attempts - 1, work);
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
  const pod = pods().find((candidate) => candidate.node === node);
  if (!pod) throw new RangeError(`no node ${node} in this cluster`);
  return pod;
}

function endpointAt({ pods, clientAddress }: NetworkTopology, address: string): Endpoint {
  if (address === clientAddress) return CLIENTS;
  return pods().find((pod) => pod.address === address)?.node ?? address;
}
