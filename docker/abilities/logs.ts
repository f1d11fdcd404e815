import { followLines } from '../engine/logs.js';
import type { Pod } from '../engine/pods.js';
import type { LogAbility } from '../system.js';

/** A database that was killed says nothing; it is looked for again so often. */
const AGAIN_MS = 200;

/** What the database containers say. The engine's stream ends with the container, so it is followed again and again. */
export function logAbility(pods: () => readonly Pod[]): LogAbility {
  return {
    async follow(onLine) {
      const followed = new Map<string, { stop?: () => void; ended: boolean; since: number }>();
      const look = () => {
        for (const { node, database } of pods()) {
          const known = followed.get(database.id);
          if (known !== undefined && !known.ended) continue;
          const entry = { ended: false, since: known?.since ?? began, stop: undefined as (() => void) | undefined };
          followed.set(database.id, entry);
          const onEnd = () => Object.assign(entry, { ended: true, since: Date.now() / 1000 });
          followLines(database, { since: entry.since, onLine: (line) => onLine(node, line), onEnd }).then(
            (stop) => (entry.stop = stop),
            onEnd,
          );
        }
      };
      const began = Date.now() / 1000;
      look();
      const timer = setInterval(look, AGAIN_MS);
      timer.unref();
      return () => {
        clearInterval(timer);
        for (const { stop } of followed.values()) stop?.();
      };
    },
  };
}
