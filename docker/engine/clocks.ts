import { bounded } from '../wait.js';
import type { Engine } from './engine.js';
import { runHelper } from './helper.js';
import { labelsOf, nameOf } from './labels.js';
import type { PodMount } from './pods.js';

/** Where the volume with libfaketime, and with a file for each node's clock, is mounted in both containers of a pod. */
export const CLOCK_DIRECTORY = '/faultline/clock';

/** The file that says how wrong a node's clock is. */
export const clockFileOf = (node: string): string => `${CLOCK_DIRECTORY}/${node}`;

/** What a process needs to see a node's clock. */
export function clockEnvironment(node: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: `${CLOCK_DIRECTORY}/libfaketime.so.1`,
    FAKETIME_TIMESTAMP_FILE: clockFileOf(node),
    // Asked for at every call, the file would be read a hundred thousand times a second.
    FAKETIME_CACHE_DURATION: '1',
    // Timers and timeouts go by the monotonic clock, which no administrator sets.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_SHARED: `/${SEMAPHORE} /${MEMORY}`,
  };
}

const SEMAPHORE = 'faultline_clock_semaphore';
const MEMORY = 'faultline_clock_memory';

/**
 * Makes what the library's processes share, for everybody. By itself it makes that for the first process alone, and names
 * it by the pid: a start script that gives up root and becomes the database then meets its own, and may not open it.
 */
export const CLOCK_PREPARATION = `
set -e
env LD_PRELOAD=${CLOCK_DIRECTORY}/libfaketime.so.1 sh -c '
  cp /dev/shm/sem.faketime_sem_$$ /dev/shm/sem.${SEMAPHORE}; cp /dev/shm/faketime_shm_$$ /dev/shm/${MEMORY}'
chmod 666 /dev/shm/sem.${SEMAPHORE} /dev/shm/${MEMORY}`;

/** Gives the databases of a run a clock that can be set wrong: libfaketime, taken from the toolbox image. */
export async function prepareClocks(engine: Engine, runId: string, toolbox: string): Promise<PodMount> {
  const volume = nameOf(runId, 'clocks');
  const creating = engine.createVolume({ Name: volume, Labels: labelsOf(runId, 'tools') });
  await bounded(creating, 20_000, 'creating the volume of the clocks');
  const script = 'cp /usr/lib/*/faketime/libfaketime.so.1 /out/ && echo copied';
  const spec = {
    runId,
    image: toolbox,
    script,
    capabilities: [],
    devices: 'none' as const,
    volumes: { '/out': volume },
  };
  const said = await runHelper(engine, spec, 20_000);
  if (!said.includes('copied')) throw new Error(`libfaketime is not in the toolbox image: ${said.trim()}`);
  return { volume, path: CLOCK_DIRECTORY, in: 'both' };
}
