import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE } from '../engine/disk-files.js';
import { tolerating, type Engine } from '../engine/engine.js';
import { LABEL } from '../engine/labels.js';
import { demultiplexed } from '../engine/logs.js';
import { parseOwner, stateOf } from '../engine/owner.js';
import { until } from '../wait.js';

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Whatever is dying on its own (a sandbox whose harness is dead) may take so long. */
const PATIENCE_MS = 20_000;

/** What is left of runs once all that was going away is gone, in plain words; empty when nothing is. */
export async function lastingLeftovers(engine: Engine): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const look = async () => {
    left = await leftovers(engine);
    return left.length === 0 ? true : undefined;
  };
  await until(look, { timeoutMs: PATIENCE_MS, everyMs: 500 });
  return left;
}

/**
 * Containers, networks and volumes with a run's label, loop devices and mounts of such volumes, and rules of ours in the
 * firewall of the machine itself (those of the pods end with their network namespaces). What a living harness other than
 * this process owns is in use and no leftover.
 */
export async function leftovers(engine: Engine): Promise<readonly string[]> {
  const filters = { label: [LABEL.run] };
  const [containers, networks, { Volumes }] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ]);
  const volumes = Volumes ?? [];
  const used = volumes.filter(({ Labels }) => !isLeft(Labels)).map(({ Options }) => deviceOf(Options));
  return [
    ...containers.filter((each) => isLeft(each.Labels)).map((each) => `container ${each.Names.join(' ')}`),
    ...networks.filter((each) => isLeft(each.Labels)).map((each) => `network ${each.Name}`),
    ...volumes.filter((each) => isLeft(each.Labels)).map((each) => `volume ${each.Name}`),
    ...disksLeft(used),
  ];
}

const deviceOf = (options: unknown): string => (options as { readonly device?: string } | null)?.device ?? '';

function isLeft(labels: Labels): boolean {
  const owner = parseOwner(labels?.[LABEL.owner] ?? '');
  return owner === undefined || owner.pid === process.pid || stateOf(owner) === 'dead';
}

/** Loop devices on image files of runs, and their mounts; not those that a volume in use is on. */
function disksLeft(used: readonly string[]): readonly string[] {
  const devices = existsSync('/sys/block') ? readdirSync('/sys/block').filter((name) => name.startsWith('loop')) : [];
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return devices.flatMap((device) => {
    const file = read(join('/sys/block', device, 'loop', 'backing_file'))?.trim();
    if (file?.includes(IMAGE) !== true || used.includes(`/dev/${device}`)) return [];
    const mounted = mounts.filter((line) => line.startsWith(`/dev/${device} `)).map((line) => `mount ${line}`);
    return [`loop device ${device} on ${file}`, ...mounted];
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Rules of ours that are in force on the machine itself, where none belongs. `image`: one with iptables. */
export async function rulesOnTheMachine(engine: Engine, image: string): Promise<readonly string[]> {
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: ['sh', '-c'],
    Cmd: ['iptables -w 5 -S'],
    HostConfig: { NetworkMode: 'host', CapAdd: ['NET_ADMIN'] },
  });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { readonly StatusCode: number };
    const said = demultiplexed(await container.logs({ follow: false, stdout: true, stderr: true })).toString('utf8');
    if (StatusCode !== 0) throw new Error(`the rules of the machine cannot be read: ${said.trim()}`);
    return said.split('\n').filter((line) => line.includes('FAULTLINE'));
  } finally {
    await tolerating([404, 409], container.remove({ force: true, v: true }));
  }
}
