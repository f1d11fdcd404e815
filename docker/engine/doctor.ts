import { access, constants, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { messageOf } from '../../harness/kit/errors.js';
import type { System } from '../system.js';
import { bounded } from '../wait.js';
import { findBase, imageId } from './base.js';
import { reach, whatToDo, type Engine } from './engine.js';
import { referenceOf } from './images.js';
import { examineKernel } from './kernel.js';
import { TOOLBOX } from './prepare.js';

/** One fact about this machine. */
export interface Finding {
  readonly name: string;
  /** `missing`: can be mended, see `remedy`. `unavailable`: this machine or kernel cannot do it. */
  readonly status: 'ok' | 'missing' | 'unavailable';
  readonly detail: string;
  readonly remedy?: string;
}

const SET_UP = 'made by the first run';

/** Everything `faultline doctor` tells: what is there, what is missing, what this kernel can do. Never throws. */
export async function examine(systems: readonly System[] = []): Promise<readonly Finding[]> {
  const [machine, docker] = await Promise.all([
    collect('machine', examineMachine),
    collect('Docker Engine', () => examineDocker(systems)),
  ]);
  return [...machine, ...docker];
}

/** A part of the examination that fails is itself a finding. */
async function collect(name: string, work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await bounded(work(), 60_000, name);
  } catch (error) {
    return [{ name, status: 'unavailable', detail: `could not be examined: ${messageOf(error)}` }];
  }
}

async function examineMachine(): Promise<readonly Finding[]> {
  const cores = availableParallelism();
  const root = process.getuid?.() === 0;
  const chromium = await findProgram(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  return [
    {
      name: 'cores',
      status: cores >= 2 ? 'ok' : 'unavailable',
      detail: `${cores} (2 or more for a five-node cluster)`,
    },
    {
      name: 'memory',
      status: totalmem() >= 2e9 ? 'ok' : 'unavailable',
      detail: `${prettyBytes(freemem())} free of ${prettyBytes(totalmem())}`,
    },
    await examineDisk('free disk', process.cwd(), 1e9),
    {
      name: 'root',
      status: root ? 'ok' : 'missing',
      detail: root ? 'yes: a missing Docker Engine can be installed' : 'no: what is missing cannot be installed',
      ...(root ? {} : { remedy: 'only needed to install a Docker Engine or to build the base image' }),
    },
    chromium === undefined
      ? {
          name: 'Chromium',
          status: 'missing',
          detail: 'not found; only the browser tests need it',
          remedy: 'apt-get install chromium',
        }
      : { name: 'Chromium', status: 'ok', detail: chromium },
  ];
}

async function examineDisk(name: string, directory: string, wantedBytes: number): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  return free >= wantedBytes
    ? { name, status: 'ok', detail: `${prettyBytes(free)} in ${directory}` }
    : {
        name,
        status: 'missing',
        detail: `only ${prettyBytes(free)} in ${directory}`,
        remedy: `free at least ${prettyBytes(wantedBytes)}`,
      };
}

async function findProgram(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(directory, name);
      if (
        await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return path;
    }
  }
  return undefined;
}

async function examineDocker(systems: readonly System[]): Promise<readonly Finding[]> {
  const found = await reach();
  if (found.kind !== 'up') {
    const installs = process.getuid?.() === 0 && !process.env['DOCKER_HOST'] && found.kind === 'absent';
    const remedy = installs ? { remedy: `${SET_UP}, on Debian or Ubuntu` } : {};
    return [{ name: 'Docker Engine', status: 'missing', detail: whatToDo(found), ...remedy }];
  }
  const { engine, version, apiVersion } = found;
  const info = (await bounded(engine.info(), 10_000, 'Docker Engine')) as EngineInfo;
  const disk = await examineDisk('Docker disk', info.DockerRootDir ?? '', 2e9).catch(() => undefined);
  return [
    { name: 'Docker Engine', status: 'ok', detail: `${version}, API ${apiVersion}` },
    { name: 'storage driver', status: 'ok', detail: info.Driver ?? 'unknown' },
    {
      name: 'cgroups',
      status: 'ok',
      detail: `version ${info.CgroupVersion ?? '1'}, driver ${info.CgroupDriver ?? '?'}`,
    },
    ...(disk ? [disk] : []),
    ...(await examineImages(engine, systems)),
  ];
}

interface EngineInfo {
  readonly Driver?: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly DockerRootDir?: string;
}

async function examineImages(engine: Engine, systems: readonly System[]): Promise<readonly Finding[]> {
  const base = await findBase(engine);
  if (base === undefined) {
    const detail =
      'neither debian:bookworm-slim nor one built here; without it neither toolbox nor kernel are examined';
    return [{ name: 'base image', status: 'missing', detail, remedy: SET_UP }];
  }
  const findings: Finding[] = [{ name: 'base image', status: 'ok', detail: base.reference }];
  const sources = systems.flatMap((system) => system.images?.(system.options.parse({})) ?? []);
  for (const source of [TOOLBOX, ...sources]) {
    const reference = await referenceOf(source, base);
    const there = (await imageId(engine, reference)) !== undefined;
    const name = `image ${source.name}`;
    findings.push(
      there
        ? { name, status: 'ok', detail: reference }
        : { name, status: 'missing', detail: 'not built, or built from other sources', remedy: SET_UP },
    );
    if (there && source === TOOLBOX) findings.push(...(await kernel(engine, reference)));
  }
  return findings;
}

async function kernel(engine: Engine, toolbox: string): Promise<readonly Finding[]> {
  return collect('kernel', () => examineKernel(engine, toolbox));
}
