import pc from 'picocolors';
import type { Anomaly, CheckContext, StreamingChecker } from '../../checkers/checker.js';
import { followHistory } from '../history/follow.js';
import { streamingCheckers } from '../registry.js';
import type { Display } from './display.js';

export interface FollowRequest {
  readonly path: string;
  readonly idleMs: number;
  readonly display: Display;
  /** What a stream is to know of a workload. */
  readonly contextOf: (workload: string) => Omit<CheckContext, 'budget' | 'signal'>;
  /** Workload of events that name none; undefined: told by the first telling operation. */
  readonly workload: string | undefined;
}

/** Operations that only one workload has. Sets and counters look alike: those must be named. */
const TELLING: Readonly<Record<string, string>> = {
  write: 'register',
  cas: 'register',
  transfer: 'bank',
  order: 'inventory',
  'stock-take': 'inventory',
  txn: 'append',
  acquire: 'lock',
  enqueue: 'queue',
  dequeue: 'queue',
};

export interface Following {
  readonly anomaly?: Anomaly;
  readonly events: number;
}

/**
 * Watches a growing journal until a violation, until nothing was written for `idleMs`, or Ctrl-C. Workloads that have a
 * streaming checker are judged as they grow; the others at the end, as a whole.
 */
export async function follow({ path, idleMs, display, contextOf, workload }: FollowRequest): Promise<Following> {
  const ended = new AbortController();
  const end = () => {
    ended.abort();
  };
  process.once('SIGINT', end);
  const streams = new Map<string, StreamingChecker>();
  let unnamed = workload;
  let events = 0;
  try {
    const options = {
      signal: ended.signal,
      idleMs,
      onNote: (note: string) => display.log(`${pc.yellow('!')} ${note}`),
    };
    for await (const batch of followHistory(path, options)) {
      for (const event of batch) {
        events++;
        unnamed ??= TELLING[event.f];
        const workload = event.workload ?? unnamed;
        if (workload === undefined || !Object.hasOwn(streamingCheckers, workload)) continue;
        const stream = streams.get(workload) ?? streamingCheckers[workload](contextOf(workload));
        streams.set(workload, stream);
        const anomaly = stream.push(event);
        if (anomaly !== undefined) return { anomaly, events };
      }
      display.status(`following ${path}: ${events.toLocaleString('en-US')} events, no violation so far`, 'following');
    }
    for (const stream of streams.values()) {
      const anomaly = stream.finish();
      if (anomaly !== undefined) return { anomaly, events };
    }
    return { events };
  } finally {
    process.off('SIGINT', end);
  }
}

/** The workload whose stream judges what a checker or model of this name does. */
export function streamNamed(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const known = STREAM_OF[name] ?? name;
  return Object.hasOwn(streamingCheckers, known) ? known : undefined;
}

const STREAM_OF: Readonly<Record<string, string>> = {
  'cas-register': 'register',
  'list-append': 'append',
  'rw-register': 'wr',
  'set-full': 'set',
  'total-queue': 'queue',
  mutex: 'lock',
};
