import type { SqlCondition, SqlRow } from '../../../docker/system.js';
import { Lineage, type State } from './lineage.js';
import { byKey, Sorted } from './sorted.js';

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
  readonly row: SqlRow | undefined;
  /** Index of the log entry that wrote it, and when it was applied, ns. */
  readonly index: number;
  readonly sinceNs: number;
  readonly previous: Version | undefined;
  /** Number of older versions kept. */
  readonly depth: number;
}

/** What of a row is wanted: the newest version up to an index, and up to a time where the reader lags behind. */
export interface Snapshot {
  readonly index: number;
  readonly asOfNs?: (key: string) => number;
}

/** A row in all its versions. */
interface Row {
  readonly key: string;
  newest: Version;
}

/** A snapshot reaches back so many versions of a row at least; an older one sees nothing of it. */
const KEPT = 256;

interface Table {
  readonly rows: Map<string, Row>;
  readonly sorted: Sorted<Row>;
  /** Rows as they are now, from when somebody asked for all of them. */
  newest: Sorted<SqlRow> | undefined;
  /** Of each indexed column, by value: rows that have or had it, and where that changed last. */
  readonly values: ReadonlyMap<string, Map<Value, IndexEntry>>;
  changedAt: number;
}

interface IndexEntry {
  readonly rows: Set<Row>;
  changedAt: number;
}

/** New versions of rows. */
export type TablesEffect = readonly (RowName & { readonly version: Version })[];

/** Tables of rows in many versions. */
export class Tables {
  private readonly tables = new Map<string, Table>();
  private state: State<TablesEffect>;

  /** `lineage`: with whom it shares what commits do; alone where it matters when each node applied them. */
  constructor(private readonly lineage = new Lineage<TablesEffect>()) {
    this.state = lineage.beginning;
  }

  clear(): void {
    this.tables.clear();
    this.state = this.lineage.beginning;
  }

  create(definition: TableDefinition, index: number): true {
    this.state = this.lineage.step(this.state, definition, index, () => ({ outcome: true, effect: [] })).after;
    const { table, indexed } = definition;
    if (this.tables.has(table)) return true;
    const values = new Map(indexed.map((column) => [column, new Map<Value, IndexEntry>()]));
    this.tables.set(table, { rows: new Map(), sorted: new Sorted(), newest: undefined, values, changedAt: 0 });
    return true;
  }

  version({ table, key }: RowName, snapshot: Snapshot): Version | undefined {
    const row = this.tables.get(table)?.rows.get(key);
    return row && versionOf(row, snapshot);
  }

  /** Rows with the value, or all rows, in the order of their keys. */
  select(table: string, where: Where | undefined, snapshot: Snapshot): SqlRow[] {
    const found = this.tables.get(table);
    if (found === undefined) return [];
    const index = where && found.values.get(where.column);
    if (index === undefined && snapshot.index >= found.changedAt && snapshot.asOfNs === undefined) {
      const { all } = (found.newest ??= newestOf(found.sorted));
      return where === undefined ? all.slice() : all.filter((row) => matches(row, where));
    }
    const candidates = index === undefined ? found.sorted.all : [...(index.get(where!.equals)?.rows ?? [])].sort(byKey);
    const rows: SqlRow[] = [];
    for (const candidate of candidates) {
      const row = versionOf(candidate, snapshot)?.row;
      if (row !== undefined && matches(row, where)) rows.push(row);
    }
    return rows;
  }

  /** All or nothing. */
  commit(commit: Commit, index: number, timeNs: number): CommitOutcome {
    const { outcome, effect, after } = this.lineage.step(this.state, commit, index, () =>
      this.decide(commit, index, timeNs),
    );
    for (const { table, key, version } of effect) this.put(this.tables.get(table)!, key, version);
    this.state = after;
    return outcome as CommitOutcome;
  }

  private decide(
    { checks, writes }: Commit,
    index: number,
    sinceNs: number,
  ): { readonly outcome: CommitOutcome; readonly effect: TablesEffect } {
    if (!checks.every((check) => this.holds(check))) return REFUSED;
    const after = new Map<string, RowName & { readonly columns: Columns | undefined }>();
    for (const { table, key, change, changes } of writes) {
      if (!this.tables.has(table)) return REFUSED;
      const name = `${table}/${key}`;
      const written = after.get(name);
      const before = written === undefined ? this.version({ table, key }, { index })?.row?.columns : written.columns;
      const result = changed(before, change);
      if ((result === undefined) !== (changes === 'nothing')) return REFUSED;
      if (result !== undefined) after.set(name, { table, key, columns: result.row });
    }
    const effect = Array.from(after.values(), ({ table, key, columns }) => {
      const before = this.tables.get(table)!.rows.get(key)?.newest;
      const row = columns && { key, columns };
      return { table, key, version: successor(before, row, index, sinceNs) };
    });
    return { outcome: { committed: true }, effect };
  }

  private holds(check: Check): boolean {
    const table = this.tables.get(check.table);
    if (check.kind === 'row') return (table?.rows.get(check.key)?.newest.index ?? 0) === check.seen;
    const { where, since } = check;
    const index = where && table?.values.get(where.column);
    const changedAt = index === undefined ? table?.changedAt : index.get(where!.equals)?.changedAt;
    return (changedAt ?? 0) <= since;
  }

  private put(table: Table, key: string, version: Version): void {
    let row = table.rows.get(key);
    const before = row?.newest;
    if (row === undefined) {
      row = { key, newest: version };
      table.rows.set(key, row);
      table.sorted.put(row);
    } else row.newest = version;
    if (version.row !== undefined) table.newest?.put(version.row);
    else if (before?.row !== undefined) table.newest?.delete(key);
    table.changedAt = version.index;
    for (const [column, entries] of table.values) {
      for (const value of new Set([before?.row?.columns[column], version.row?.columns[column]])) {
        if (value !== undefined) note(entries, value, row, version.index);
      }
    }
  }
}

const REFUSED = { outcome: { committed: false }, effect: [] } as const;

function newestOf(sorted: Sorted<Row>): Sorted<SqlRow> {
  const newest = new Sorted<SqlRow>();
  for (const { newest: version } of sorted.all) if (version.row !== undefined) newest.put(version.row);
  return newest;
}

function note(entries: Map<Value, IndexEntry>, value: Value, row: Row, index: number): void {
  let entry = entries.get(value);
  if (entry === undefined) entries.set(value, (entry = { rows: new Set(), changedAt: 0 }));
  entry.rows.add(row);
  entry.changedAt = index;
}

function versionOf({ key, newest }: Row, { index, asOfNs }: Snapshot): Version | undefined {
  let version: Version | undefined = newest;
  while (version !== undefined && version.index > index) version = version.previous;
  if (asOfNs !== undefined) {
    const time = asOfNs(key);
    while (version !== undefined && version.sinceNs > time) version = version.previous;
  }
  return version;
}

export function matches({ columns }: SqlRow, where: Where | undefined): boolean {
  return where === undefined || columns[where.column] === where.equals;
}

/** The version after another one; with as many older ones as have to be kept, once there are twice as many. */
function successor(before: Version | undefined, row: SqlRow | undefined, index: number, sinceNs: number): Version {
  const previous = before?.depth === 2 * KEPT ? shortened(before) : before;
  return { row, index, sinceNs, previous, depth: (previous?.depth ?? -1) + 1 };
}

/** A copy, because nodes that lag behind have the whole. */
function shortened(newest: Version): Version {
  const kept: Version[] = [];
  for (let version: Version | undefined = newest; version && kept.length < KEPT; version = version.previous) {
    kept.push(version);
  }
  return kept.reduceRight<Version | undefined>(
    (previous, { row, index, sinceNs }) => ({ row, index, sinceNs, previous, depth: (previous?.depth ?? -1) + 1 }),
    undefined,
  )!;
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
