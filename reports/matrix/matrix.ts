import type { ArchivedRun } from '../../harness/archive/archive.js';
import { effectiveByKind } from '../../harness/history/faults-of.js';
import type { CheckerResult } from '../../harness/run/plan.js';

/** How often an anomaly was looked for and found, on one system at one setting under one mix of faults. */
export interface MatrixCell {
  /** Runs in which a checker that can name it came to an answer. */
  readonly attempts: number;
  readonly found: number;
  /** The run with the fewest operations in its witness, and the anomaly's number in its report. */
  readonly witness?: { readonly run: ArchivedRun; readonly anomaly: number; readonly operations: number };
}

export interface MatrixRow {
  /** `etcd`. */
  readonly system: string;
  /** The options that tell runs of this system apart: `reads=serializable`. */
  readonly setting: string;
  /** The model it promises at that setting. */
  readonly claimed: string;
  /** Adya's, Elle's or the checker's name. */
  readonly anomaly: string;
  /**
   * `broken`: found where the model judged against forbids it; `allowed`: found, and that model does not forbid it;
   * `not-found`: looked for in vain, which proves nothing beyond the number of attempts.
   */
  readonly observed: 'broken' | 'allowed' | 'not-found';
  /** By mix of faults, as in {@link Matrix.faults}. */
  readonly cells: Readonly<Record<string, MatrixCell>>;
}

/** Systems × isolation level or read mode × anomaly × fault, counted over stored runs: Hermitage, under faults. */
export interface Matrix {
  readonly runs: number;
  /** `no faults` first. */
  readonly faults: readonly string[];
  readonly rows: readonly MatrixRow[];
}

const CALM = 'no faults';
/** Options that are part of what a system promises; always shown. */
const TELLING = /isolation|reads|consistency|synchronous|sync_wait|level|snapshot/i;

/** Counts what the runs found and looked for. */
export function matrixOf(archived: readonly ArchivedRun[]): Matrix {
  const runs = archived.filter(({ results }) => results !== undefined);
  const namedBy = checkersByAnomaly(runs);
  const varied = variedOptions(runs);
  const rows = new Map<string, RowCount>();
  for (const run of runs) {
    const { system } = run.plan;
    const setting = settingOf(run, varied.get(system.name) ?? new Set());
    // What happened, not what was asked for.
    const fault = Object.keys(effectiveByKind(run.results!.faults)).join(' + ') || CALM;
    const made = new Set(run.results!.checks.filter(decided).map(({ checker }) => checker));
    for (const [anomaly, checkers] of namedBy) {
      if (![...checkers].some((checker) => made.has(checker))) continue;
      const key = JSON.stringify([system.name, setting, anomaly]);
      const row = rows.get(key) ?? new RowCount(system.name, setting, system.claims.consistency, anomaly);
      rows.set(key, row);
      row.count(run, fault);
    }
  }
  const faults = [...new Set([...rows.values()].flatMap((row) => [...row.cells.keys()]))].sort(
    (a, b) => Number(b === CALM) - Number(a === CALM) || (a < b ? -1 : 1),
  );
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row.done());
  return { runs: runs.length, faults, rows: sorted };
}

class RowCount {
  readonly cells = new Map<string, { attempts: number; found: number; witness?: MatrixCell['witness'] }>();
  private observed: MatrixRow['observed'] = 'not-found';

  constructor(
    private readonly system: string,
    private readonly setting: string,
    private readonly claimed: string,
    private readonly anomaly: string,
  ) {}

  count(run: ArchivedRun, fault: string): void {
    const cell = this.cells.get(fault) ?? { attempts: 0, found: 0 };
    this.cells.set(fault, cell);
    cell.attempts++;
    const hits = numberedAnomalies(run).filter(({ kind }) => kind === this.anomaly);
    if (hits.length === 0) return;
    cell.found++;
    if (hits.some(({ violation }) => violation)) this.observed = 'broken';
    else if (this.observed === 'not-found') this.observed = 'allowed';
    const smallest = hits.reduce((best, hit) => (hit.operations < best.operations ? hit : best));
    if (cell.witness === undefined || smallest.operations < cell.witness.operations) {
      cell.witness = { run, anomaly: smallest.number, operations: smallest.operations };
    }
  }

  done(): MatrixRow {
    const { system, setting, claimed, anomaly, observed } = this;
    return { system, setting, claimed, anomaly, observed, cells: Object.fromEntries(this.cells) };
  }
}

/** A check that was cut short has not looked everywhere; what it found counts all the same. */
const decided = ({ verdict }: CheckerResult) => verdict.validity !== 'unknown' || verdict.anomalies.length > 0;

/** Which checkers ever gave an anomaly its name. */
function checkersByAnomaly(runs: readonly ArchivedRun[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { checker, verdict } of runs.flatMap(({ results }) => results!.checks)) {
    for (const { kind } of verdict.anomalies) names.set(kind, (names.get(kind) ?? new Set()).add(checker));
  }
  return names;
}

/** Anomalies with their numbers in the report: violations first, each in the order of the checks. */
function numberedAnomalies({ results }: ArchivedRun) {
  const all = results!.checks.flatMap(({ verdict }) =>
    verdict.anomalies.map(({ kind, operations }) => ({
      kind,
      operations: operations.length,
      violation: verdict.validity === 'invalid',
    })),
  );
  const ordered = [...all.filter(({ violation }) => violation), ...all.filter(({ violation }) => !violation)];
  return ordered.map((each, at) => ({ ...each, number: at + 1 }));
}

function variedOptions(runs: readonly ArchivedRun[]): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = new Map<string, Map<string, Set<string>>>();
  for (const { plan } of runs) {
    const options = seen.get(plan.system.name) ?? new Map<string, Set<string>>();
    seen.set(plan.system.name, options);
    for (const [name, value] of Object.entries(plan.system.options)) {
      options.set(name, (options.get(name) ?? new Set()).add(JSON.stringify(value)));
    }
  }
  return new Map(
    [...seen].map(([system, options]) => {
      const telling = [...options].filter(([name, values]) => values.size > 1 || TELLING.test(name));
      return [system, new Set(telling.map(([name]) => name))];
    }),
  );
}

function settingOf({ plan }: ArchivedRun, telling: ReadonlySet<string>): string {
  return Object.entries(plan.system.options)
    .filter(([name]) => telling.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
