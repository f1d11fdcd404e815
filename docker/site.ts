import type { DatabasePlan } from './cluster.js';
import type { Agent } from './engine/agent.js';
import { CLOCK_PREPARATION, clockEnvironment } from './engine/clocks.js';
import { createDisks } from './engine/disks.js';
import type { Engine } from './engine/engine.js';
import { runHelper } from './engine/helper.js';
import type { BuiltImage } from './engine/images.js';
import type { RunNetwork } from './engine/networks.js';
import { createPod, createVolume, type Pod, type PodMount } from './engine/pods.js';
import { contains, podAddress } from './engine/subnets.js';
import type { ClusterNode } from './system.js';

export interface SiteRequest {
  readonly engine: Engine;
  readonly runId: string;
  readonly network: RunNetwork;
  readonly toolbox: BuiltImage;
  readonly images: readonly BuiltImage[];
  readonly dataPath: string;
  /** Where clients connect, on every node. */
  readonly port: number;
  /** Where every node has a disk of its own; {@link Agent} may do to them what faults need. */
  readonly disks?: { readonly agent: Agent; readonly sizeMiB: number };
  /** Where databases see a clock that can be set wrong. */
  readonly clocks?: PodMount;
}

const SCRIPT_TIMEOUT_MS = 60_000;

/** Where the pods of a run are made, at first and whenever a node moves or joins. No address is given twice. */
export class Site {
  readonly clientAddress: string;
  readonly agent: Agent | undefined;
  readonly hasClocks: boolean;
  private ordinals = 0;
  private readonly generations = new Map<string, number>();
  private readonly volumes = new Map<string, number>();

  constructor(private readonly request: SiteRequest) {
    this.clientAddress = request.network.gateway;
    this.agent = request.disks?.agent;
    this.hasClocks = request.clocks !== undefined;
  }

  get engine(): Engine {
    return this.request.engine;
  }

  get runId(): string {
    return this.request.runId;
  }

  get dataPath(): string {
    return this.request.dataPath;
  }

  newAddress(): string {
    return podAddress(this.request.network.subnet, this.ordinals++);
  }

  /** Every question to a node goes to the address of its pod, and that is never one outside of the run's own network. */
  refuseOutside(node: string, address: string): void {
    const { subnet } = this.request.network;
    if (!contains(subnet, address))
      throw new RangeError(`${node} at ${address} is outside of the run's network ${subnet}`);
  }

  /** Empty data volumes, each with a disk of its own where the run has disks. */
  async newVolumes(nodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { engine, runId, disks, toolbox } = this.request;
    const generation = Math.max(...nodes.map((node) => next(this.volumes, node)));
    for (const node of nodes) this.volumes.set(node, generation + 1);
    if (disks === undefined) {
      const made = nodes.map(async (node) => [node, await createVolume(engine, { runId, node, generation })] as const);
      return new Map(await Promise.all(made));
    }
    const { sizeMiB, agent } = disks;
    const created = await createDisks(engine, { runId, toolbox: toolbox.reference, nodes, sizeMiB, generation });
    await Promise.all([...created].map(([node, disk]) => agent.adopt(node, disk)));
    return new Map([...created].map(([node, { volume }]) => [node, volume]));
  }

  /** Runs a script in a fresh container of one of the run's images, without network, on a data volume. */
  runOn(volume: string, image: string, script: string, archive?: Buffer): Promise<string> {
    const { engine, runId, dataPath } = this.request;
    const volumes = { [dataPath]: volume };
    const helper = { runId, image: this.reference(image), script, volumes, ...(archive && { archive }) };
    return runHelper(engine, { ...helper, capabilities: [], devices: 'none' }, SCRIPT_TIMEOUT_MS);
  }

  makePod(node: ClusterNode, { image, command, env = {} }: DatabasePlan, volume: string): Promise<Pod> {
    const { engine, runId, network, toolbox, dataPath, port, clocks } = this.request;
    return createPod(engine, {
      ...{ runId, network, dataPath, port, volume, command },
      node: node.name,
      address: node.address,
      toolbox: toolbox.reference,
      image: this.reference(image),
      env: { ...(clocks && clockEnvironment(node.name)), ...env },
      ...(clocks && { mounts: [clocks], preparation: CLOCK_PREPARATION }),
      generation: next(this.generations, node.name),
    });
  }

  private reference(image: string): string {
    return this.request.images.find(({ name }) => name === image)?.reference ?? image;
  }
}

/** Counts from 0, for each name. */
function next(counts: Map<string, number>, name: string): number {
  const count = counts.get(name) ?? 0;
  counts.set(name, count + 1);
  return count;
}
