import { EXIT, UserError } from '../../harness/kit/errors.js';
import { bounded } from '../wait.js';
import { IMAGE } from './disk-files.js';
import type { Engine } from './engine.js';
import { runHelper } from './helper.js';
import { labelsOf, nameOf } from './labels.js';
import { devicesOn } from './thaw.js';

/** A disk of its own for one data volume: an XFS file system in a file, on a loop device. */
export interface Disk {
  /** As `/dev/loop3`. */
  readonly device: string;
  /** The data volume, which the engine mounts from the device. */
  readonly volume: string;
}

export interface DiskRequest {
  readonly runId: string;
  readonly toolbox: string;
  readonly nodes: readonly string[];
  /** The file is sparse: what is not written takes no space. At least 300, or XFS refuses. */
  readonly sizeMiB: number;
  /** How many disks these nodes had before. */
  readonly generation: number;
}

const TIMEOUT_MS = 60_000;

/**
 * Makes a disk for each node. The image file lies in a volume with the run's labels, so that the janitor finds the loop
 * device by the file, whenever the harness dies. Throws a {@link UserError} where this kernel cannot do it.
 */
export async function createDisks(engine: Engine, request: DiskRequest): Promise<ReadonlyMap<string, Disk>> {
  const { runId, nodes, sizeMiB, toolbox } = request;
  const number = request.generation === 0 ? [] : [String(request.generation)];
  const files = await volumesFor(nodes, (node) =>
    bounded(
      engine.createVolume({ Name: nameOf(runId, node, 'disk', ...number), Labels: labelsOf(runId, 'disk', node) }),
      TIMEOUT_MS,
      `creating the disk of ${node}`,
    ).then(() => nameOf(runId, node, 'disk', ...number)),
  );
  const script = nodes.map((node) => {
    const file = `/disks/${node}/${IMAGE}`;
    const make = `truncate -s ${sizeMiB}M ${file} && loop=$(losetup -f --show ${file}) && mkfs.xfs -q "$loop"`;
    return `${make} && echo "@${node} $loop"`;
  });
  const volumes = Object.fromEntries(nodes.map((node) => [`/disks/${node}`, files.get(node)!]));
  const said = await runHelper(
    engine,
    { runId, image: toolbox, script: script.join('\n'), capabilities: ['SYS_ADMIN'], devices: 'loop', volumes },
    TIMEOUT_MS,
  );
  const devices = new Map([...said.matchAll(/^@(\S+) (\/dev\/\S+)$/gm)].map(([, node, device]) => [node!, device!]));
  const missing = nodes.find((node) => !devices.has(node));
  if (missing !== undefined) {
    const reason = said.trim().split('\n').slice(-2).join('; ') || 'no answer';
    throw new UserError(
      `Disks on loop devices are not available on this kernel (${reason}): leave out power loss and disk faults, or see faultline doctor.`,
      EXIT.harnessError,
    );
  }
  return volumesFor(nodes, async (node): Promise<Disk> => {
    const volume = nameOf(runId, node, 'data', ...number);
    const device = devices.get(node)!;
    const creating = engine.createVolume({
      Name: volume,
      Driver: 'local',
      DriverOpts: { type: 'xfs', device },
      Labels: labelsOf(runId, 'data', node),
    });
    await bounded(creating, TIMEOUT_MS, `creating the volume of ${node}`);
    return { device, volume };
  });
}

async function volumesFor<T>(
  nodes: readonly string[],
  make: (node: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all(nodes.map(async (node) => [node, await make(node)] as const)));
}

/** Detaches the loop devices of these image volumes, with any image that has the tools. */
export async function detachDisks(engine: Engine, files: readonly string[]): Promise<void> {
  const image = await someToolbox(engine);
  // Without a toolbox no disk was ever made.
  if (files.length === 0 || image === undefined) return;
  const paths = files.map((_, at) => `/disks/${at}`);
  const script = paths.map((path) => `for loop in ${devicesOn(path)}; do losetup -d "$loop"; done`).join('\n');
  const volumes = Object.fromEntries(paths.map((path, at) => [path, files[at]!]));
  // Of a run of its own: whoever else is cleaning up after the dead one must not take the helper for a leftover.
  const runId = `janitor-${process.pid}`;
  const spec = { runId, image, script, capabilities: ['SYS_ADMIN'], devices: 'loop' as const, volumes };
  await runHelper(engine, spec, TIMEOUT_MS);
}

/** Any image with the tools; undefined where no disk was ever made. */
export async function someToolbox(engine: Engine): Promise<string | undefined> {
  const filters = { label: ['faultline.image=toolbox'] };
  const images = await bounded(engine.listImages({ filters }), 10_000, 'looking for the toolbox image');
  return images.sort((a, b) => b.Created - a.Created)[0]?.Id;
}
