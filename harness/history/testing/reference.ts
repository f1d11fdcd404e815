import { type EventInput, historyOf } from '../builder.js';
import type { History } from '../history.js';
import type { Operation } from '../operation.js';

/**
 * The plainest reader there can be: `JSON.parse` a line. It knows nothing of damage, so it is asked only about texts
 * that the real reader accepted, and must then agree on every event.
 */
export function referenceEvents(text: string): readonly Operation[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const events = lines.flatMap((line, at): EventInput[] => {
    try {
      return [plain(JSON.parse(exact(line)) as EventInput)];
    } catch (error) {
      // The torn last line, which the reader leaves out.
      if (at === lines.length - 1 && !text.endsWith('\n')) return [];
      throw error;
    }
  });
  return [...historyOf(events).events()];
}

/** JSON text in which integers that a double would round are written as literals. */
function exact(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => {
    const [, digits, power = '0'] = /^(-?\d+)(?:[eE]\+?(\d+))?$/.exec(token) ?? [];
    if (digits === undefined || Number.isSafeInteger(Number(token)) || Number(power) > 300) return token;
    return `{"#":"${BigInt(digits) * 10n ** BigInt(power)}"}`;
  });
}

function plain(event: EventInput): EventInput {
  const text = (value: unknown) =>
    value === undefined || value === null ? undefined : typeof value === 'number' ? String(value) : (value as string);
  const errorOf = (value: unknown) =>
    value === '' ? undefined : typeof value === 'object' && value !== null ? JSON.stringify(value) : text(value);
  return {
    ...event,
    f: text(event.f) ?? 'txn',
    index: event.index ?? undefined,
    time: event.time ?? undefined,
    key: text(event.key),
    node: text(event.node),
    workload: text(event.workload),
    error: errorOf(event.error),
  };
}

export function eventsOf(history: History): readonly Operation[] {
  return [...history.events()];
}
