import type { KvAction, KvCondition, KvEntry, KvOutcome } from '../../../docker/system.js';
import type { KvCommand } from './command.js';
import { SortedKeys } from './sorted-keys.js';

interface Cell extends KvEntry {
  readonly timestamp: number;
  /** The value before this one, for those who still see it, and until when, ns. */
  readonly previous?: Cell;
  readonly since: number;
}

/** Older values kept of a key; only a node that lags behind itself looks at them. */
const KEPT = 8;
const NOTHING: readonly KvEntry[] = [];

/** Keys and values. */
export class Store {
  private readonly cells = new Map<string, Cell>();
  private readonly keys = new SortedKeys();
  private revision = 0;

  /** `past`: how long older values are of interest. */
  constructor(private readonly keepsPast: 'keeps-past' | 'forgets' = 'forgets') {}

  clear(): void {
    this.cells.clear();
    this.keys.clear();
    this.revision = 0;
  }

  copy(): Store {
    const copy = new Store(this.keepsPast);
    for (const [key, cell] of this.cells) copy.cells.set(key, cell);
    for (const key of this.keys.all) copy.keys.add(key);
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
      const cell = this.cells.get(condition.key);
      if (condition.kind === 'absent') return cell === undefined;
      return condition.kind === 'value' ? cell?.value === condition.value : cell?.revision === condition.revision;
    });
  }

  private perform(action: KvAction, timestamp: number, now: number): readonly KvEntry[] {
    switch (action.kind) {
      case 'get':
      case 'get-prefix':
        return this.find(action);
      case 'delete':
        this.cells.delete(action.key);
        this.keys.delete(action.key);
        return NOTHING;
      case 'put':
        this.put(action.key, action.value, timestamp, now);
        return NOTHING;
    }
  }

  private put(key: string, value: string, timestamp: number, now: number): void {
    const before = this.cells.get(key);
    if (before === undefined) this.keys.add(key);
    if (before !== undefined && timestamp !== 0 && timestamp <= before.timestamp) return;
    const version = (before?.version ?? 0) + 1;
    const cell: Cell = { key, value, version, revision: this.revision, timestamp, since: now };
    this.cells.set(key, this.keepsPast === 'keeps-past' ? { ...cell, previous: forgotten(before, KEPT) } : cell);
  }

  private find(action: KvAction, asOf?: (key: string) => number): readonly KvEntry[] {
    if (action.kind === 'get') {
      const entry = this.seen(action.key, asOf);
      return entry === undefined ? NOTHING : [entry];
    }
    if (action.kind !== 'get-prefix') return NOTHING;
    const keys = this.keys.startingWith(action.prefix);
    return keys.map((key) => this.seen(key, asOf)).filter((entry) => entry !== undefined);
  }

  private seen(key: string, asOf: ((key: string) => number) | undefined): KvEntry | undefined {
    let cell = this.cells.get(key);
    if (asOf !== undefined) for (const time = asOf(key); cell !== undefined && cell.since > time;) cell = cell.previous;
    return cell && { key, value: cell.value, version: cell.version, revision: cell.revision };
  }
}

function forgotten(cell: Cell | undefined, kept: number): Cell | undefined {
  if (cell === undefined || kept === 0) return undefined;
  return { ...cell, previous: forgotten(cell.previous, kept - 1) };
}
