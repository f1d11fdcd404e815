import type { Plan, Results } from '../run/plan.js';
import type { RunMetrics } from './metrics.js';

/** A stored run without its history: what trends, matrices and lists are made of. */
export interface ArchivedRun {
  readonly directory: string;
  readonly plan: Plan;
  /** Undefined while it runs, and where its harness was killed before it judged. */
  readonly results?: Results;
  /** Undefined where they were never measured. */
  readonly metrics?: RunMetrics;
}

/** All runs below a directory, oldest first, and what could not be read. */
export interface Archive {
  readonly runs: readonly ArchivedRun[];
  readonly troubles: readonly string[];
}

/** What a run tested, whatever its seed: runs of one configuration may be compared. */
export interface Configuration {
  readonly key: string;
  /** `etcd reads=serializable`. */
  readonly system: string;
  readonly workloads: string;
  readonly nemeses: string;
  /** `etcd reads=serializable · register · partition,kill`. */
  readonly label: string;
}

/**
 * Options that a system has by default belong to what was tested too, but do not tell configurations apart for a
 * reader: those given on the command line do.
 */
export function configurationOf({ system, workloads, nemeses, consistency, rateHz, timeLimitMs }: Plan): Configuration {
  const options = Object.entries(system.options).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = workloads.map(({ name }) => name).join(',');
  const faults = nemeses.join(',') || 'no faults';
  const set = options.map(([name, value]) => ` ${name}=${String(value)}`).join('');
  const key = JSON.stringify([
    system.name,
    options,
    system.nodes,
    workloads.map(({ name, options: own, concurrency }) => [name, own, concurrency]),
    nemeses,
    consistency ?? '',
    rateHz,
    timeLimitMs,
  ]);
  const tested = `${system.name}${set}`;
  return { key, system: tested, workloads: names, nemeses: faults, label: `${tested} · ${names} · ${faults}` };
}
