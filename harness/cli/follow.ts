import pc from 'picocolors';
import type { Anomaly, StreamingChecker } from '../../checkers/checker.js';
import { followHistory } from '../history/follow.js';
import { streamingCheckers } from '../registry.js';
import type { Display } from './display.js';

export interface Following {
  readonly anomaly?: Anomaly;
  readonly events: number;
}

/**
 * Watches a growing journal until a violation, until nothing was written for `idleMs`, or Ctrl-C. Workloads that have a
 * streaming checker are judged as they grow (events without a workload as registers); the others at the end, as a whole.
 */
export async function follow(path: string, idleMs: number, display: Display): Promise<Following> {
  const ended = new AbortController();
  const end = () => {
    ended.abort();
  };
  process.once('SIGINT', end);
  const streams = new Map<string, StreamingChecker>();
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
        const workload = event.workload ?? 'register';
        if (!Object.hasOwn(streamingCheckers, workload)) continue;
        const stream = streams.get(workload) ?? streamingCheckers[workload]();
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
