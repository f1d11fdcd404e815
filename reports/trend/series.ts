import type { ArchivedRun } from '../../harness/archive/archive.js';
import { type Change, changeIn, middle } from './change.js';

/** Something measured night by night. */
export interface Series {
  readonly name: string;
  readonly unit: 'ms' | '1/s';
  /** Whether a rise is bad news. */
  readonly worse: 'higher' | 'lower';
  /** A night's value is the median over its runs. */
  readonly points: readonly { readonly night: string; readonly value: number; readonly runs: number }[];
  readonly change?: Change & { readonly night: string; readonly verdict: 'regression' | 'improvement' };
}

type Reading = (run: ArchivedRun) => number | undefined;

interface Measure {
  readonly name: string;
  readonly unit: Series['unit'];
  readonly worse: Series['worse'];
  readonly read: Reading;
}

/** Every series that the runs of one configuration have, oldest night first. */
export function seriesOf(runs: readonly ArchivedRun[]): readonly Series[] {
  const kinds = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics?.faults ?? {})))].sort();
  return [...calmMeasures, ...kinds.flatMap(faultMeasures)]
    .map((measure) => seriesBy(measure, runs))
    .filter(({ points }) => points.length > 0);
}

const calmMeasures: readonly Measure[] = [
  { name: 'throughput without faults', unit: '1/s', worse: 'lower', read: ({ metrics }) => metrics?.calm.throughputHz },
  {
    name: 'median latency without faults',
    unit: 'ms',
    worse: 'higher',
    read: ({ metrics }) => metrics?.calm.p50Ms ?? undefined,
  },
  {
    name: 'p99 latency without faults',
    unit: 'ms',
    worse: 'higher',
    read: ({ metrics }) => metrics?.calm.p99Ms ?? undefined,
  },
];

function faultMeasures(kind: string): readonly Measure[] {
  const of = (run: ArchivedRun) => run.metrics?.faults[kind];
  return [
    {
      name: `recovery after ${kind}`,
      unit: 'ms',
      worse: 'higher',
      read: (run) => {
        const times = of(run)?.recoveryMs ?? [];
        return times.length === 0 ? undefined : middle(times);
      },
    },
    { name: `throughput under ${kind}`, unit: '1/s', worse: 'lower', read: (run) => of(run)?.throughputHz },
    { name: `p99 latency under ${kind}`, unit: 'ms', worse: 'higher', read: (run) => of(run)?.p99Ms ?? undefined },
  ];
}

function seriesBy({ name, unit, worse, read }: Measure, runs: readonly ArchivedRun[]): Series {
  const nights = new Map<string, number[]>();
  for (const run of runs) {
    const value = read(run);
    if (value === undefined) continue;
    const night = nightOf(run);
    nights.set(night, [...(nights.get(night) ?? []), value]);
  }
  const points = [...nights].map(([night, values]) => ({ night, value: middle(values), runs: values.length }));
  const change = changeIn(points.map(({ value }) => value));
  if (change === undefined) return { name, unit, worse, points };
  const verdict = change.factor > 1 === (worse === 'higher') ? 'regression' : 'improvement';
  return { name, unit, worse, points, change: { ...change, night: points[change.at].night, verdict } };
}

/** The UTC day on which the run began. */
export function nightOf({ plan }: ArchivedRun): string {
  return plan.createdAt.slice(0, 10);
}
