import { bounded } from '../wait.js';
import type { Disk } from './disks.js';
import type { Engine } from './engine.js';
import { exec, execOk, type ExecResult } from './exec.js';
import { LOOP_DEVICES } from './helper.js';
import { labelsOf, nameOf } from './labels.js';
import { HELD, holding, type Held } from './lifeline.js';

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

/** A file that takes all the space a disk has left. */
export const FILL = '.faultline-fill';

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

export async function startAgent(
  engine: Engine,
  { runId, toolbox }: { readonly runId: string; readonly toolbox: string },
): Promise<Agent> {
  const what = 'starting the disk agent';
  const container = await bounded(
    engine.createContainer({
      name: nameOf(runId, 'agent'),
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
  return new DiskAgent(await holding(container, what));
}

class DiskAgent implements Agent {
  private readonly disks = new Map<string, Disk>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly held: Held) {}

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
    return execOk(this.held.container, ['sh', '-c', script], timeoutMs);
  }

  attempt(script: string, timeoutMs = TIMEOUT_MS): Promise<ExecResult> {
    return exec(this.held.container, ['sh', '-c', script], timeoutMs);
  }

  release(): void {
    this.held.lifeline.destroy();
  }
}
