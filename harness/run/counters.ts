import type { EventType } from '../history/operation.js';

/** Events of one kind of driver: invocations, and completions by their outcome. */
export type Count = Readonly<Record<EventType, number>>;

/** What the drivers did, counted by them and not by what writes it down. */
export type Counted = {
  /** Clients, by workload; those of no workload are under ''. */
  readonly clients: Readonly<Record<string, Count>>;
  readonly nemesis: Count;
};

/**
 * Counts operations where they are driven: invocations when a client or the nemesis is asked, completions when they
 * answered or were given up. The journal's end note carries the sums, so that events which never reached the journal, or
 * were taken out of it, are missed.
 */
export class Counters {
  private readonly clients = new Map<string, Record<EventType, number>>();
  private readonly nemesis = newCount();

  client(workload: string | undefined, type: EventType): void {
    const name = workload ?? '';
    let count = this.clients.get(name);
    if (count === undefined) this.clients.set(name, (count = newCount()));
    count[type]++;
  }

  ofNemesis(type: EventType): void {
    this.nemesis[type]++;
  }

  counted(): Counted {
    const clients = [...this.clients].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [name, { ...count }]);
    return { clients: Object.fromEntries(clients) as Counted['clients'], nemesis: { ...this.nemesis } };
  }
}

export function newCount(): Record<EventType, number> {
  return { invoke: 0, ok: 0, fail: 0, info: 0 };
}
