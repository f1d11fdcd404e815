import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { EXIT, messageOf, UserError } from '../../harness/kit/errors.js';
import type { Network } from 'dockerode';
import { bounded, until } from '../wait.js';
import type { Engine } from './engine.js';
import { labelsOf, nameOf } from './labels.js';
import { freeSubnets, gatewayOf, parseRoutes } from './subnets.js';

/** The bridge network of one run. Internal: nothing reaches beyond it but the host, which has the gateway's address. */
export interface RunNetwork {
  readonly id: string;
  readonly subnet: string;
  /** The host's address on it: where every client comes from. */
  readonly gateway: string;
}

/** Makes the network of a run on a subnet of its own that collides with no route, interface or Docker network. */
export async function createNetwork(engine: Engine, runId: string): Promise<RunNetwork> {
  const start = [...runId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 256, 7);
  let lastReason = 'every candidate is in use';
  let attempts = 0;
  for (const subnet of freeSubnets(start, await takenSubnets(engine))) {
    if (++attempts > 20) break;
    const gateway = gatewayOf(subnet);
    try {
      const network = await bounded(
        engine.createNetwork({
          Name: nameOf(runId),
          Driver: 'bridge',
          Internal: true,
          IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
          Labels: labelsOf(runId, 'network'),
        }),
        20_000,
        'creating the network',
      );
      await refuseUnreachable(network, gateway);
      return { id: network.id, subnet, gateway };
    } catch (error) {
      if (error instanceof UserError) throw error;
      // Another run may have taken the subnet between listing and creating: the next one is as good.
      lastReason = messageOf(error);
      if (!/overlap|conflict|in use|exist/i.test(lastReason)) break;
    }
  }
  throw new UserError(
    `Cannot create a Docker network for the run (${lastReason}): try faultline clean.`,
    EXIT.harnessError,
  );
}

/** An interface may take a moment to get its address. */
const ADDRESS_TIMEOUT_MS = 3_000;

/**
 * The gateway of a bridge network is an address of the engine's machine. Where it is none of this one, nodes could not be
 * reached, or worse: whoever has that subnet here would answer in their place.
 */
async function refuseUnreachable(network: Network, gateway: string): Promise<void> {
  const bridge = `br-${network.id.slice(0, 12)}`;
  const reachable = await until(async () => ((await isHere(bridge, gateway)) ? true : undefined), {
    timeoutMs: ADDRESS_TIMEOUT_MS,
    everyMs: 50,
  });
  if (reachable) return;
  await network.remove().catch(() => undefined);
  const where =
    process.env['DOCKER_HOST'] === undefined
      ? 'The Docker Engine'
      : `The engine at DOCKER_HOST=${process.env['DOCKER_HOST']}`;
  throw new UserError(
    `${where} makes networks that this machine cannot reach (their gateway ${gateway} is no address here): run Faultline on the engine's own machine.`,
    EXIT.harnessError,
  );
}

/** Whether a network's gateway is an address of this machine, and not on the bridge of another network. */
export async function isHere(bridge: string, gateway: string, interfaces = networkInterfaces()): Promise<boolean> {
  const holders = Object.entries(interfaces).filter(([, addresses]) =>
    addresses?.some(({ address }) => address === gateway),
  );
  // Other engines than Docker's may name their interfaces as they like.
  if (holders.some(([name]) => name.startsWith('br-') && name !== bridge)) return false;
  return canBind(gateway);
}

/** Only addresses of this machine can be bound to. A bridge that nothing is attached to yet is in no list of interfaces. */
function canBind(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(0, address, () => socket.close(() => resolve(true)));
  });
}

async function takenSubnets(engine: Engine): Promise<readonly string[]> {
  const networks = await bounded(engine.listNetworks(), 10_000, 'listing networks');
  const docker = networks.flatMap((network) => (network.IPAM?.Config ?? []).map((config) => config.Subnet ?? ''));
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ cidr }) => cidr ?? ''));
  return [...docker, ...interfaces, ...hostRoutes()];
}

function hostRoutes(): readonly string[] {
  try {
    return parseRoutes(readFileSync('/proc/net/route', 'utf8'));
  } catch {
    return [];
  }
}
