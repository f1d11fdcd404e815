import { exec, execOk } from '../engine/exec.js';
import type { Pod } from '../engine/pods.js';
import { CLIENTS, type Endpoint, type Impairment, type Link, type TrafficAbility } from '../system.js';
import { eachPod } from './each-pod.js';
import type { NetworkTopology } from './network.js';
import {
  COUNTERS_SCRIPT,
  impairScript,
  lossScript,
  parseTraffic,
  PROBE_SCRIPTS,
  RESTORE_SCRIPT,
  roundTripScript,
  sendScript,
} from './traffic-scripts.js';

const TIMEOUT_MS = 15_000;

/**
 * Bad lines. Loss is a firewall rule where packets arrive, as a cut is; everything else shapes them where they leave a
 * node. What clients send is not shaped: that would be the host's own traffic control.
 */
export function trafficAbility(topology: NetworkTopology): TrafficAbility {
  const reasons = new Map<Impairment['kind'], Promise<string | undefined>>();
  const addresses = (endpoints: readonly Endpoint[]) =>
    endpoints.flatMap((endpoint) =>
      endpoint === CLIENTS
        ? topology.clientAddress
        : (topology.pods().find(({ node }) => node === endpoint)?.address ?? []),
    );
  return {
    unavailable(kind) {
      const reason = reasons.get(kind) ?? probeKernel(topology.pods()[0]!, kind);
      reasons.set(kind, reason);
      return reason;
    },
    async impair(links, impairment) {
      await eachPod(topology.pods(), async (pod) => {
        const from = addresses(links.filter(({ to }) => to === pod.node).map((link) => link.from));
        const to = addresses(links.filter((link) => link.from === pod.node).map((link) => link.to));
        const script = impairment.kind === 'loss' ? lossScript(from, impairment) : impairScript(to, impairment);
        if (script !== undefined) await execOk(pod.sandbox, ['sh', '-c', script], TIMEOUT_MS);
      });
    },
    async restore() {
      await eachPod(topology.pods(), (pod) => execOk(pod.sandbox, ['sh', '-c', RESTORE_SCRIPT], TIMEOUT_MS));
    },
    counters: () =>
      eachPod(topology.pods(), async (pod) => {
        const { stdout } = await exec(pod.sandbox, ['sh', '-c', COUNTERS_SCRIPT], TIMEOUT_MS);
        return { node: pod.node, ...parseTraffic(stdout) };
      }),
    send: (link, packets) => send(topology, link, packets),
    roundTripMs: (link) => roundTripMs(topology, link),
  };
}

async function send({ pods, clientAddress }: NetworkTopology, { from, to }: Link, packets: number): Promise<void> {
  const source = pods().find((pod) => pod.node === from);
  const address = to === CLIENTS ? clientAddress : pods().find((pod) => pod.node === to)?.address;
  if (source === undefined || address === undefined) return;
  await exec(source.sandbox, ['bash', '-c', sendScript(address, packets)], TIMEOUT_MS);
}

async function probeKernel(pod: Pod, kind: Impairment['kind']): Promise<string | undefined> {
  const { exitCode, stderr, stdout } = await exec(pod.sandbox, ['sh', '-c', PROBE_SCRIPTS[kind]], TIMEOUT_MS);
  if (exitCode === 0) return undefined;
  return `not available on this kernel (${(stderr || stdout).trim().split('\n')[0] ?? 'no reason given'})`;
}

/** A refused connection crossed the line both ways just as one that was accepted. */
async function roundTripMs({ pods, port }: NetworkTopology, { from, to }: Link): Promise<number | undefined> {
  const [source, target] = [from, to].map((node) => pods().find((pod) => pod.node === node));
  if (source === undefined || target === undefined) return undefined;
  const { stdout } = await exec(source.sandbox, ['bash', '-c', roundTripScript(target.address, port)], TIMEOUT_MS);
  const answer = /^rtt ([\d.]+)$/m.exec(stdout)?.[1];
  return answer === undefined ? undefined : Number(answer);
}
