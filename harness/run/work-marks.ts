import type { NodeWork } from '../../docker/system.js';
import type { Json } from '../history/operation.js';
import { messageOf } from '../kit/errors.js';
import type { Stage } from './phases.js';

/** Counting is done in a second or so; a run does not wait longer for it than this. */
const COUNT_MS = 30_000;

/**
 * Puts on record (nemesis, `info`, f `work`) what reached each node so far, and when it was asked. Never rejects: what
 * cannot be counted is on record as that. To be called while no fault is in place.
 */
export async function markWork({
  cluster,
  clock,
  recorder,
}: Pick<Stage, 'cluster' | 'clock' | 'recorder'>): Promise<void> {
  const { work } = cluster.abilities;
  if (work === undefined) return;
  const askedTime = clock.nowNs();
  const value = await counted(work.received(), clock);
  recorder.record({ process: 'nemesis', type: 'info', f: 'work', value: { askedTime, ...value } });
}

async function counted(
  counting: Promise<readonly NodeWork[]>,
  clock: Stage['clock'],
): Promise<{ [name: string]: Json }> {
  const done = new AbortController();
  const late = clock.sleep(COUNT_MS, done.signal).then(() => 'late' as const);
  try {
    const answer = await Promise.race([counting, late]);
    if (answer === 'late') return { error: `no answer in ${COUNT_MS / 1000} s` };
    return {
      nodes: answer.map(({ node, packets, strange }) => ({
        node,
        ...(packets !== undefined && { packets }),
        strange: [...strange],
      })),
    };
  } catch (error) {
    return { error: messageOf(error) };
  } finally {
    done.abort();
    counting.catch(() => undefined);
  }
}
