import { bounded } from '../wait.js';
import { tolerating, type Engine } from './engine.js';
import { labelsOf } from './labels.js';
import { demultiplexed } from './logs.js';

export interface HelperSpec {
  readonly runId: string;
  readonly image: string;
  /** A shell script; what it prints is the answer. */
  readonly script: string;
  readonly capabilities: readonly string[];
  /** Whether it may make and use loop devices of the host. */
  readonly devices: 'none' | 'loop';
  /** Volumes by where they are mounted. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** A tar that is unpacked into its root before it starts. */
  readonly archive?: Buffer;
}

/** Runs a script in a short-lived container without network and answers what it printed, on both outputs. */
export async function runHelper(engine: Engine, spec: HelperSpec, timeoutMs: number): Promise<string> {
  const container = await bounded(
    engine.createContainer({
      Image: spec.image,
      Entrypoint: ['timeout', '-s', 'KILL', String(timeoutMs / 1000), 'sh', '-c'],
      Cmd: [spec.script],
      Labels: labelsOf(spec.runId, 'helper'),
      HostConfig: {
        Init: true,
        NetworkMode: 'none',
        CapAdd: [...spec.capabilities],
        Mounts: Object.entries(spec.volumes ?? {}).map(([path, volume]) => ({
          Type: 'volume' as const,
          Source: volume,
          Target: path,
        })),
        ...(spec.devices === 'loop' ? LOOP_DEVICES : {}),
      },
    }),
    timeoutMs,
    'creating a helper container',
  );
  try {
    if (spec.archive !== undefined) {
      const filling = container.putArchive(spec.archive, { path: '/' });
      await bounded(filling, timeoutMs, 'filling a helper container');
    }
    await bounded(container.start(), timeoutMs, 'starting a helper container');
    await bounded(container.wait(), timeoutMs + 5_000, 'a helper container');
    return demultiplexed(await container.logs({ follow: false, stdout: true, stderr: true })).toString('utf8');
  } finally {
    await tolerating([404, 409], container.remove({ force: true, v: true }));
  }
}

/** The least that lets a container set up loop devices: not privileged; majors 7 (loop) and 10:237 (loop-control). */
export const LOOP_DEVICES = {
  Binds: ['/dev:/dev'],
  SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
  DeviceCgroupRules: ['b 7:* rmw', 'c 10:237 rmw'],
};
