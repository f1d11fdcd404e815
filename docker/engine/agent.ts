import { bounded } from '../wait.js';
import type { Disk } from './disks.js';
import { FILL } from './disk-files.js';
import type { Container, Engine } from './engine.js';
import { exec, execOk, type ExecResult } from './exec.js';
import { LOOP_DEVICES } from './helper.js';
import { labelsOf, nameOf } from './labels.js';
import { HELD, holding, type Held } from './lifeline.js';
import { thawDisks } from './thaw.js';
import { canRun, type Watch, watchContainer } from './watch.js';

/**
 * A container of a run that may do to disks what no database container may. It mounts every disk a second time: a mount
 * of the same device is the same file system, so what is done here happens to the database. When the harness dies it
 * thaws what is frozen, frees what is full and lets go of the disks, or nothing of the run could end.
 */
export interface Agent {
  /** Where a node's file system is seen in the agent. */
  pathOf(node: string): string;
  deviceOf(node: string): string;
  /** Mounts a node's disk, recovering the file system where it has to be. */
  mount(node: string): Promise<void>;
  /** How often a node's disk was mounted. */
  mounts(node: string): number;
  /** From now on the node has this disk; the one before is let go of. */
  adopt(node: string, disk: Disk): Promise<void>;
  run(script: string, timeoutMs?: number): Promise<string>;
  /** As {@link run}, any exit being fine. */
  attempt(script: string, timeoutMs?: number): Promise<ExecResult>;
  release(): void;
}

/** Ends with its input or at SIGTERM, in any case after thawing and freeing: nothing frozen can be killed or unmounted. */
const SCRIPT = `
undo() {
  for path in /nodes/*; do fsfreeze -u "$path"; rm -f "$path/${FILL}"; umount "$path"; done 2>/dev/null
}
trap 'undo; exit 0' TERM
mkdir -p /nodes; echo ready
exec 3<&0
cat <&3 >/dev/null &
wait $!
undo
true`;

const TIMEOUT_MS = 20_000;

interface AgentRequest {
  readonly runId: string;
  readonly toolbox: string;
}

export async function startAgent(engine: Engine, request: AgentRequest): Promise<Agent> {
  return new DiskAgent(engine, request, await start(engine, request, 0));
}

async function start(engine: Engine, { runId, toolbox }: AgentRequest, generation: number): Promise<Held> {
  const what = 'starting the disk agent';
  const container = await bounded(
    engine.createContainer({
      name: nameOf(runId, 'agent', ...(generation === 0 ? [] : [String(generation)])),
      Image: toolbox,
      Entrypoint: ['sh', '-c'],
      Cmd: [SCRIPT],
      Labels: labelsOf(runId, 'agent'),
      ...HELD,
      HostConfig: { Init: true, AutoRemove: true, NetworkMode: 'none', CapAdd: ['SYS_ADMIN'], ...LOOP_DEVICES },
    }),
    TIMEOUT_MS,
    what,
  );
  return holding(container, what);
}

/**
 * Watched as long as the run lasts: should the container die, by whoever's hand, its disks are thawed from another one
 * within seconds, and a new one takes its place.
 */
class DiskAgent implements Agent {
  private readonly disks = new Map<string, Disk>();
  private readonly counts = new Map<string, number>();
  private generation = 0;
  private released = false;
  private watch: Watch;
  /** Settled when a lost container has been replaced, or could not be. */
  private replacing: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly request: AgentRequest,
    private held: Held,
  ) {
    this.watch = this.watched(held);
  }

  pathOf(node: string): string {
    return `/nodes/${node}`;
  }

  deviceOf(node: string): string {
    const disk = this.disks.get(node);
    if (disk === undefined) throw new RangeError(`node ${node} has no disk of its own`);
    return disk.device;
  }

  async mount(node: string): Promise<void> {
    const [device, path] = [this.deviceOf(node), this.pathOf(node)];
    // A file system still mounted by anybody would be the old one: dead, and never recovered.
    const gone = `[ ! -e /sys/fs/xfs/${device.replace('/dev/', '')} ]`;
    const wait = `for i in $(seq 100); do ${gone} && break; sleep 0.1; done; ${gone} || { echo "${device} is still mounted" >&2; exit 1; }`;
    await this.run(
      `mkdir -p ${path}; mountpoint -q ${path} && umount ${path}; ${wait}; mount -t xfs ${device} ${path}`,
    );
    this.counts.set(node, this.mounts(node) + 1);
  }

  mounts(node: string): number {
    return this.counts.get(node) ?? 0;
  }

  async adopt(node: string, disk: Disk): Promise<void> {
    if (this.disks.has(node)) await this.attempt(`umount ${this.pathOf(node)}`);
    this.disks.set(node, disk);
    await this.mount(node);
  }

  run(script: string, timeoutMs = TIMEOUT_MS): Promise<string> {
    return this.inContainer((container) => execOk(container, ['sh', '-c', script], timeoutMs));
  }

  attempt(script: string, timeoutMs = TIMEOUT_MS): Promise<ExecResult> {
    return this.inContainer((container) => exec(container, ['sh', '-c', script], timeoutMs));
  }

  release(): void {
    this.released = true;
    this.watch.stop();
    this.held.lifeline.destroy();
  }

  /** What fails because the container was lost meanwhile is done once more, in the one that took its place. */
  private async inContainer<T>(work: (container: Container) => Promise<T>): Promise<T> {
    await this.replacing;
    const { held } = this;
    try {
      return await work(held.container);
    } catch (error) {
      if (this.held === held && this.replacing === undefined) {
        if (this.released || (await canRun(held.container))) throw error;
        this.lose(held);
      }
      await this.replacing;
      return work(this.held.container);
    }
  }

  private watched(held: Held): Watch {
    const lost = () => this.lose(held);
    held.lifeline.once('close', lost);
    return watchContainer(held.container, lost);
  }

  private lose(held: Held): void {
    if (this.released || this.held !== held || this.replacing !== undefined) return;
    this.watch.stop();
    // Should it not succeed, whatever is asked of the agent fails, and is told where it is asked.
    this.replacing = this.replace(held)
      .catch(() => undefined)
      .finally(() => (this.replacing = undefined));
  }

  private async replace(lost: Held): Promise<void> {
    const devices = [...this.disks.values()].map(({ device }) => device);
    await thawDisks(this.engine, this.request.toolbox, { devices }).catch(() => undefined);
    // What was lost of it may be no more than this connection.
    lost.lifeline.destroy();
    if (this.released) return;
    this.held = await start(this.engine, this.request, ++this.generation);
    if (this.released) this.held.lifeline.destroy();
    else this.watch = this.watched(this.held);
    const mounts = [...this.disks].map(([node, { device }]) => {
      const path = this.pathOf(node);
      return `mkdir -p ${path}; mount -t xfs ${device} ${path}`;
    });
    await exec(this.held.container, ['sh', '-c', mounts.join('\n')], TIMEOUT_MS);
  }
}
