import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedRun } from '../../harness/archive/archive.js';
import { METRICS_VERSION, type RunMetrics } from '../../harness/archive/metrics.js';
import { Random } from '../../harness/kit/random.js';
import type { Outcome } from '../../harness/run/plan.js';
import { checkOf, faultsOf, invalidOf, planOf, resultsOf, VALID } from './runs.js';

export interface Nights {
  readonly seed: number;
  readonly nights: number;
  /** From this night on recovery takes `factor` times as long. */
  readonly slowFrom?: number;
  readonly factor?: number;
  /** Nights on which a violation was found. */
  readonly badNights?: readonly number[];
  readonly reads?: string;
}

/** A run a night of one configuration, its measurements log-normal around what they are on most machines. */
export function nightly({
  seed,
  nights,
  slowFrom,
  factor = 2,
  badNights = [],
  reads = 'linearizable',
}: Nights): readonly ArchivedRun[] {
  const [runs] = Random.fromSeed(seed).draw((dice) =>
    Array.from({ length: nights }, (_, night): ArchivedRun => {
      const around = (middle: number) => {
        const normal = Math.sqrt(-2 * Math.log(1 - dice.float())) * Math.cos(2 * Math.PI * dice.float());
        return middle * Math.exp(0.2 * normal);
      };
      const slow = slowFrom !== undefined && night >= slowFrom ? factor : 1;
      const fare = () => ({
        seconds: 30,
        operations: 6000,
        throughputHz: around(200),
        availability: 0.99,
        p50Ms: around(3),
        p99Ms: around(20),
      });
      const metrics: RunMetrics = {
        version: METRICS_VERSION,
        calm: fare(),
        faults: { kill: { ...fare(), recoveryMs: [around(900 * slow), around(900 * slow)] } },
      };
      return { directory: '', ...runOf(night, badNights.includes(night) ? 'invalid' : 'valid', reads), metrics };
    }),
  );
  return runs;
}

function runOf(night: number, outcome: Outcome, reads: string) {
  const createdAt = new Date(Date.UTC(2026, 2, 1 + night, 2)).toISOString();
  const runId = `${createdAt.slice(0, 10)}-etcd-${reads}`;
  const usual = planOf();
  const system = { ...usual.system, options: { reads }, claims: { ...usual.system.claims, consistency: reads } };
  const stale = invalidOf({
    kind: 'stale-read',
    sentence: 'Read of r1 on n2 returned 4 although 5 had been acknowledged.',
    operations: [3, 4, 7, 8],
  });
  const verdict = outcome === 'invalid' ? stale : VALID;
  return {
    plan: planOf({ runId, createdAt, system, nemeses: ['kill'] }),
    results: resultsOf({
      runId,
      outcome,
      checks: [checkOf('linearizable', verdict, { workload: 'register' })],
      faults: faultsOf(4).map((fault) => ({ ...fault, kind: 'kill' })),
    }),
  };
}

/** Writes runs as a directory of runs has them; answers them with their directories. */
export async function store(root: string, runs: readonly ArchivedRun[]): Promise<readonly ArchivedRun[]> {
  const stored: ArchivedRun[] = [];
  for (const { plan, results, metrics } of runs) {
    const directory = join(root, plan.runId);
    await mkdir(directory, { recursive: true });
    const files = { 'plan.json': plan, 'results.json': results, 'metrics.json': metrics };
    for (const [name, value] of Object.entries(files)) {
      if (value !== undefined) await writeFile(join(directory, name), JSON.stringify(value));
    }
    await writeFile(join(directory, 'report.html'), `<!doctype html><title>${plan.runId}</title><h1>Report</h1>`);
    stored.push({ directory, plan, ...(results && { results }), ...(metrics && { metrics }) });
  }
  return stored;
}
