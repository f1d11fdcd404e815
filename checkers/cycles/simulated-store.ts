import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { Dice } from '../../harness/kit/random.js';
import type { Family } from '../transactions/transactions.js';
import { eventsOf, type Template } from './templates.js';

export type Isolation = 'serial' | 'snapshot';

interface Open {
  readonly mops: readonly Json[];
  /** Where its reads come from, once it has begun: the number of commits before. */
  snapshot?: number;
  answer?: readonly Json[];
  aborted?: boolean;
}

type State = ReadonlyMap<number, readonly number[]>;

/**
 * Events of a store that is correct for its isolation: `serial` executes each transaction at one moment between its
 * events; `snapshot` reads as of one moment, commits at a later one, and aborts the second of two writers of a key.
 */
export function simulate(dice: Dice, family: Family, isolation: Isolation, transactions: number): EventInput[] {
  return new SimulatedStore(dice, family, isolation).run(transactions);
}

class SimulatedStore {
  private readonly events: EventInput[] = [];
  private readonly open = new Map<number, Open>();
  private readonly states: State[] = [new Map()];
  /** Keys written by each commit. */
  private readonly commits: ReadonlySet<number>[] = [];
  private readonly next = new Map<number, number>();

  constructor(
    private readonly dice: Dice,
    private readonly family: Family,
    private readonly isolation: Isolation,
  ) {}

  run(transactions: number): EventInput[] {
    const threads = Array.from({ length: 2 + this.dice.int(4) }, (_, i) => i);
    let process = threads.length;
    let begun = 0;
    while (begun < transactions || this.open.size > 0) {
      const thread = this.dice.int(threads.length);
      const id = threads[thread];
      const current = this.open.get(id);
      if (current === undefined) {
        if (begun++ < transactions) this.invoke(id);
      } else if (current.snapshot === undefined) current.snapshot = this.commits.length;
      else if (current.answer === undefined && current.aborted === undefined) this.commit(current);
      else if (!this.complete(id, current)) threads[thread] = process++;
    }
    return this.events;
  }

  private invoke(process: number): void {
    const write = this.family === 'list-append' ? 'append' : 'w';
    const mops = Array.from({ length: 1 + this.dice.int(4) }, (): Json => {
      const key = this.dice.int(4);
      if (this.dice.chance(0.5)) return ['r', key, null];
      this.next.set(key, (this.next.get(key) ?? 0) + 1);
      return [write, key, this.next.get(key)!];
    });
    this.open.set(process, { mops });
    this.events.push({ process, type: 'invoke', f: 'txn', value: mops });
  }

  private commit(open: Open): void {
    const snapshot = this.isolation === 'serial' ? this.commits.length : open.snapshot!;
    const writes = new Map<number, number[]>();
    const seen = (key: number) => [...(this.states[snapshot].get(key) ?? []), ...(writes.get(key) ?? [])];
    const answer = open.mops.map((mop): Json => {
      const [f, key, value] = mop as readonly [string, number, number];
      if (f === 'r') return ['r', key, this.family === 'list-append' ? seen(key) : (seen(key).at(-1) ?? null)];
      writes.set(key, [...(writes.get(key) ?? []), value]);
      return mop;
    });
    const conflict = this.commits.slice(snapshot).some((keys) => [...writes.keys()].some((key) => keys.has(key)));
    open.aborted = conflict || this.dice.chance(0.05);
    if (open.aborted) return;
    open.answer = answer;
    const state = new Map(this.states.at(-1));
    for (const [key, values] of writes) state.set(key, [...(state.get(key) ?? []), ...values]);
    this.states.push(state);
    this.commits.push(new Set(writes.keys()));
  }

  /** False when the outcome stayed unknown, which ends the process. */
  private complete(process: number, open: Open): boolean {
    this.open.delete(process);
    const known = !this.dice.chance(0.05);
    const type = known ? (open.aborted ? 'fail' : 'ok') : 'info';
    this.events.push({ process, type, f: 'txn', value: type === 'ok' ? open.answer! : open.mops });
    return known;
  }
}

/** A history with a template's transactions scattered into it, on keys and processes of their own. */
export function inject(dice: Dice, events: readonly EventInput[], template: Template): EventInput[] {
  const extra = eventsOf(template, 1000, 1_000_000);
  const left = [...events];
  const merged: EventInput[] = [];
  while (left.length > 0 || extra.length > 0) {
    const take = dice.int(left.length + extra.length) < left.length ? left : extra;
    merged.push(take.shift()!);
  }
  return merged;
}
