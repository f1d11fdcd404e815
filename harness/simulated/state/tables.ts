import type { SqlCondition, SqlRow } from '../../../docker/system.js';
import { SortedKeys } from './sorted-keys.js';

export type Columns = SqlRow['columns'];
type Value = Columns[string];

/** A column that has to equal a value. */
export interface Where {
  readonly column: string;
  readonly equals: string | number;
}

export interface TableDefinition {
  readonly kind: 'table';
  readonly table: string;
  readonly indexed: readonly string[];
}

export interface RowName {
  readonly table: string;
  readonly key: string;
}

/** One statement that changes a row. */
export type Change =
  | { readonly kind: 'insert'; readonly columns: Columns }
  | { readonly kind: 'set'; readonly columns: Columns; readonly where?: SqlCondition }
  | { readonly kind: 'add'; readonly column: string; readonly amount: number; readonly where?: SqlCondition }
  | { readonly kind: 'append'; readonly column: string; readonly text: string; readonly others: Columns }
  /** Inserts, or sets the columns of the row that is there. */
  | { readonly kind: 'put'; readonly columns: Columns }
  | { readonly kind: 'delete' };

export interface Write extends RowName {
  readonly change: Change;
  /** What the client was told: a commit that would make it a lie is refused. */
  readonly changes: 'row' | 'nothing';
}

/** What has to be as the transaction saw it for the transaction to count. */
export type Check =
  | (RowName & { readonly kind: 'row'; readonly seen: number })
  | { readonly kind: 'rows'; readonly table: string; readonly where?: Where; readonly since: number };

/** A whole transaction, decided where it stands in the log. */
export interface Commit {
  readonly kind: 'commit';
  readonly checks: readonly Check[];
  readonly writes: readonly Write[];
}

export interface CommitOutcome {
  readonly committed: boolean;
}

/** A state of a row, the newest first. */
export interface Version {
  /** Undefined where the row was deleted. */
  readonly columns: Columns | undefined;
  /** Index of the log entry that wrote it, and when it was applied here, ns. */
  readonly index: number;
  readonly sinceNs: number;
  previous: Version | undefined;
  /** Number of older versions kept. */
  readonly depth: number;
}

/** What of a row is wanted: the newest version up to an index, and up to a time where the reader lags behind. */
export interface Snapshot {
  readonly index: number;
  readonly asOfNs?: (key: string) => number;
}

/** A snapshot reaches back so many versions of a row at least; an older one sees nothing of it. */
const KEPT = 256;

interface Table {
  readonly rows: Map<string, Version>;
  readonly keys: SortedKeys;
  /** Of each indexed column, by value: keys that have or had it, and where that changed last. */
  readonly values: ReadonlyMap<string, Map<Value, IndexEntry>>;
  changedAt: number;
}

interface IndexEntry {
  readonly keys: Set<string>;
  changedAt: number;
}

/** Tables of rows in many versions. */
export class Tables {
  private readonly tables = new Map<string, Table>();

  clear(): void {
    this.tables.clear();
  }

  create({ table, indexed }: TableDefinition): true {
    if (this.tables.has(table)) return true;
    const values = new Map(indexed.map((column) => [column, new Map<Value, IndexEntry>()]));
    this.tables.set(table, { rows: new Map(), keys: new SortedKeys(), values, changedAt: 0 });
    return true;
  }

  row({ table, key }: RowName, { index, asOfNs }: Snapshot): Version | undefined {
    let version = this.tables.get(table)?.rows.get(key);
    while (version !== undefined && version.index > index) version = version.previous;
    if (asOfNs !== undefined) {
      const time = asOfNs(key);
      while (version !== undefined && version.sinceNs > time) version = version.previous;
    }
    return version;
  }

  /** Keys of which some version had the value, or all keys; in order. */
  candidates(table: string, where: Where | undefined): readonly string[] {
    const found = this.tables.get(table);
    if (found === undefined) return [];
    const index = where && found.values.get(where.column);
    return index === undefined ? found.keys.all : [...(index.get(where!.equals)?.keys ?? [])].sort();
  }

  /** All or nothing. */
  commit({ checks, writes }: Commit, index: number, timeNs: number): CommitOutcome {
    if (!checks.every((check) => this.holds(check))) return { committed: false };
    const after = new Map<string, { readonly name: RowName; readonly columns: Columns | undefined }>();
    for (const write of writes) {
      if (!this.tables.has(write.table)) return { committed: false };
      const name = `${write.table}/${write.key}`;
      const before = after.has(name) ? after.get(name)!.columns : this.row(write, { index })?.columns;
      const result = changed(before, write.change);
      if ((result === undefined) !== (write.changes === 'nothing')) return { committed: false };
      if (result !== undefined) after.set(name, { name: write, columns: result.row });
    }
    for (const { name, columns } of after.values()) this.put(name, columns, index, timeNs);
    return { committed: true };
  }

  private holds(check: Check): boolean {
    const table = this.tables.get(check.table);
    if (check.kind === 'row') return (table?.rows.get(check.key)?.index ?? 0) === check.seen;
    const { where, since } = check;
    const index = where && table?.values.get(where.column);
    const changedAt = index === undefined ? table?.changedAt : index.get(where!.equals)?.changedAt;
    return (changedAt ?? 0) <= since;
  }

  private put({ table, key }: RowName, columns: Columns | undefined, index: number, sinceNs: number): void {
    const found = this.tables.get(table);
    if (found === undefined) return;
    const before = found.rows.get(key);
    const full = before?.depth === 2 * KEPT;
    const depth = full ? KEPT : (before?.depth ?? -1) + 1;
    const version = { columns, index, sinceNs, previous: before, depth };
    if (full) forget(version);
    found.rows.set(key, version);
    if (before === undefined) found.keys.add(key);
    found.changedAt = index;
    for (const [column, entries] of found.values) {
      for (const value of new Set([before?.columns?.[column], columns?.[column]])) {
        if (value !== undefined) note(entries, value, key, index);
      }
    }
  }
}

function note(entries: Map<Value, IndexEntry>, value: Value, key: string, index: number): void {
  let entry = entries.get(value);
  if (entry === undefined) entries.set(value, (entry = { keys: new Set(), changedAt: 0 }));
  entry.keys.add(key);
  entry.changedAt = index;
}

/** Keeps as many older versions as have to be kept. */
function forget(newest: Version): void {
  let version: Version | undefined = newest;
  for (let age = 0; version !== undefined && age < KEPT; age++) version = version.previous;
  if (version !== undefined) version.previous = undefined;
}

/** The row after a change, undefined where it is deleted; undefined as a whole where the statement changes nothing. */
export function changed(
  before: Columns | undefined,
  change: Change,
): { readonly row: Columns | undefined } | undefined {
  switch (change.kind) {
    case 'insert':
      return before === undefined ? { row: change.columns } : undefined;
    case 'put':
      return { row: { ...before, ...change.columns } };
    case 'append': {
      const { column, text, others } = change;
      if (before === undefined) return { row: { ...others, [column]: text } };
      return { row: { ...before, [column]: `${before[column] ?? ''}${text}` } };
    }
    case 'delete':
      return before && { row: undefined };
    case 'set':
      return before && meets(before, change.where) ? { row: { ...before, ...change.columns } } : undefined;
    case 'add': {
      const { column, amount } = change;
      if (before === undefined || !meets(before, change.where)) return undefined;
      return { row: { ...before, [column]: Number(before[column] ?? 0) + amount } };
    }
  }
}

function meets(columns: Columns, where: SqlCondition | undefined): boolean {
  if (where === undefined) return true;
  const value = columns[where.column];
  return 'equals' in where ? value === where.equals : typeof value === 'number' && value >= where.atLeast;
}
