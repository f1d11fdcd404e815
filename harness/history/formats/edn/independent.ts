import type { EventInput } from '../../event-writer.js';
import type { Json } from '../../operation.js';

/** Text of a key that may be any scalar or structure. */
export function keyText(key: Json): string {
  return typeof key === 'string' && key !== '' ? key : JSON.stringify(key);
}

/**
 * Whether the values of these events are `[key value]` pairs of independent objects: every client invocation has such a
 * pair, every answer too, and some invocations ask without knowing, `[key nil]`. The last tells a history of independent
 * registers from one of compare-and-sets or transfers written as pairs; the answers tell it from a set whose elements
 * are pairs: what reads of that return is no pair.
 */
export function looksIndependent(events: readonly EventInput[]): boolean {
  const invocations = events.filter((event) => event.type === 'invoke' && event.process !== 'nemesis');
  const answers = events.filter((event) => event.type === 'ok' && event.process !== 'nemesis' && event.value !== null);
  return (
    invocations.every((event) => event.f !== 'txn' && isPair(event.value)) &&
    answers.every((event) => isPair(event.value)) &&
    invocations.some((event) => isPair(event.value) && event.value[1] === null)
  );
}

/** Moves keys out of the values, remembering each process' key until its completion. */
export class IndependentKeys {
  private readonly open = new Map<EventInput['process'], string>();

  /** The event with its key; undefined when an invocation has none. */
  split(event: EventInput): EventInput | undefined {
    const { process, value } = event;
    if (process === 'nemesis') return event;
    if (event.type === 'invoke') {
      if (!isPair(value)) return undefined;
      const key = keyText(value[0]);
      this.open.set(process, key);
      return { ...event, key, value: value[1] };
    }
    const key = this.open.get(process);
    this.open.delete(process);
    if (key === undefined) return event;
    // Some clients complete with the bare value.
    return { ...event, key, value: isPair(value) && keyText(value[0]) === key ? value[1] : (value ?? null) };
  }
}

function isPair(value: Json | undefined): value is readonly [Json, Json] {
  return Array.isArray(value) && value.length === 2 && !Array.isArray(value[0]);
}
