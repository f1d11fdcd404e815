import { bounded } from '../wait.js';
import { FILL, IMAGE } from './disk-files.js';
import { tolerating, type Container, type Engine } from './engine.js';
import { runHelper } from './helper.js';

const TIMEOUT_MS = 20_000;
const UNPAUSE_TIMEOUT_MS = 5_000;
/** A mount that does not succeed at once will not. */
const MOUNT_SECONDS = 5;

/** Disks by device, or by the volumes with their image files, which are certain even when the run is long dead. */
export type Disks = { readonly devices: readonly string[] } | { readonly files: readonly string[] };

/**
 * Thaws the file systems of a run's disks and frees their space, from a container of its own: whoever froze them may be
 * dead. A mount of the same device is the same file system. Until that is done, no process that waits for one of them
 * can be killed, no container with such a process removed, and no volume unmounted.
 */
export async function thawDisks(engine: Engine, image: string, disks: Disks): Promise<void> {
  const files = 'files' in disks ? disks.files : [];
  const devices = 'devices' in disks ? disks.devices : files.map((_, at) => devicesOn(`/disks/${at}`));
  if (devices.length === 0) return;
  const script = `
mkdir -p /thaw
for loop in ${devices.join(' ')}; do
  timeout ${MOUNT_SECONDS} mount -t xfs "$loop" /thaw || continue
  fsfreeze -u /thaw; rm -f /thaw/${FILL}; umount /thaw
done 2>/dev/null
true`;
  const volumes = Object.fromEntries(files.map((file, at) => [`/disks/${at}`, file]));
  // Of a run of its own: whoever else is cleaning up must not take the helper for a leftover.
  const runId = `thaw-${process.pid}`;
  const helper = { runId, image, script, capabilities: ['SYS_ADMIN'], devices: 'loop' as const, volumes };
  await runHelper(engine, helper, TIMEOUT_MS);
}

/** Shell: the loop devices on the image file in a directory. */
export function devicesOn(directory: string): string {
  return `$(losetup -n -O NAME -j ${directory}/${IMAGE} 2>/dev/null)`;
}

/** Lets a frozen container go on; no-op where it is not frozen, or gone. */
export async function unpause(container: Container): Promise<void> {
  await bounded(tolerating([304, 404, 409, 500], container.unpause()), UNPAUSE_TIMEOUT_MS, 'thawing a container');
}
