import type { KvAction, KvCondition, KvEntry, KvOutcome } from '../../../docker/system.js';
import type { KvCommand } from './command.js';
import { Sorted } from './sorted.js';

/** A key with what it holds. */
interface Slot {
  readonly key: string;
  cell: Cell;
}

/** A value of a key. */
interface Cell {
  /** As clients see it. */
  readonly entry: KvEntry;
  readonly timestamp: number;
  /** The value before this one, for those who still see it, and until when, ns. */
  readonly previous: Cell | undefined;
  readonly since: number;
}

/** Older values kept of a key; only a node that lags behind itself looks at them. */
const KEPT = 8;
const NOTHING: readonly KvEntry[] = [];

/** Keys and values. */
export class Store {
  private readonly slots = new Map<string, Slot>();
  private readonly sorted = new Sorted<Slot>();
  private revision = 0;

  /** `past`: how long older values are of interest. */
  constructor(private readonly keepsPast: 'keeps-past' | 'forgets' = 'forgets') {}

  clear(): void {
    this.slots.clear();
    this.sorted.clear();
    this.revision = 0;
  }

  copy(): Store {
    const copy = new Store(this.keepsPast);
    for (const { key, cell } of this.sorted.all) copy.fill(key, cell);
    copy.revision = this.revision;
    return copy;
  }

  apply(command: KvCommand, now: number): KvOutcome {
    const succeeded = this.holds(command.conditions);
    const actions = succeeded ? command.then : command.otherwise;
    if (actions.some(({ kind }) => kind === 'put' || kind === 'delete')) this.revision++;
    return { succeeded, results: actions.map((action) => this.perform(action, command.timestamp ?? 0, now)) };
  }

  /** Answers reads; `asOf` says, of each key, from when its value is wanted. */
  read(command: KvCommand, asOf?: (key: string) => number): KvOutcome {
    const succeeded = this.holds(command.conditions);
    const actions = succeeded ? command.then : command.otherwise;
    return { succeeded, results: actions.map((action) => this.find(action, asOf)) };
  }

  holds(conditions: readonly KvCondition[]): boolean {
    return conditions.every((condition) => {
      const entry = this.slots.get(condition.key)?.cell.entry;
      if (condition.kind === 'absent') return entry === undefined;
      return condition.kind === 'value' ? entry?.value === condition.value : entry?.revision === condition.revision;
    });
  }

  private perform(action: KvAction, timestamp: number, now: number): readonly KvEntry[] {
    switch (action.kind) {
      case 'get':
      case 'get-prefix':
        return this.find(action);
      case 'delete':
        this.slots.delete(action.key);
        this.sorted.delete(action.key);
        return NOTHING;
      case 'put':
        this.put(action.key, action.value, timestamp, now);
        return NOTHING;
    }
  }

  private put(key: string, value: string, timestamp: number, now: number): void {
    const slot = this.slots.get(key);
    const before = slot?.cell;
    if (before !== undefined && timestamp !== 0 && timestamp <= before.timestamp) return;
    const entry: KvEntry = { key, value, version: (before?.entry.version ?? 0) + 1, revision: this.revision };
    const previous = this.keepsPast === 'keeps-past' ? forgotten(before, KEPT) : undefined;
    const cell: Cell = { entry, timestamp, since: now, previous };
    if (slot === undefined) this.fill(key, cell);
    else slot.cell = cell;
  }

  private fill(key: string, cell: Cell): void {
    const slot: Slot = { key, cell };
    this.slots.set(key, slot);
    this.sorted.put(slot);
  }

  private find(action: KvAction, asOf?: (key: string) => number): readonly KvEntry[] {
    if (action.kind === 'get') {
      const entry = seen(this.slots.get(action.key), asOf);
      return entry === undefined ? NOTHING : [entry];
    }
    if (action.kind !== 'get-prefix') return NOTHING;
    const entries: KvEntry[] = [];
    for (const slot of this.sorted.startingWith(action.prefix)) {
      const entry = seen(slot, asOf);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }
}

function seen(slot: Slot | undefined, asOf: ((key: string) => number) | undefined): KvEntry | undefined {
  let cell = slot?.cell;
  if (asOf !== undefined && slot !== undefined) {
    for (const time = asOf(slot.key); cell !== undefined && cell.since > time;) cell = cell.previous;
  }
  return cell?.entry;
}

function forgotten(cell: Cell | undefined, kept: number): Cell | undefined {
  if (cell === undefined || kept === 0) return undefined;
  return { ...cell, previous: forgotten(cell.previous, kept - 1) };
}
