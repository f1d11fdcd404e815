import { createHash } from 'node:crypto';
import { type ArchivedRun, type Configuration, configurationOf } from '../../harness/archive/archive.js';
import { effectiveByKind } from '../../harness/history/faults-of.js';
import type { Outcome } from '../../harness/run/plan.js';
import { nightOf, type Series, seriesOf } from './series.js';
import { type VerdictTrend, verdictTrend } from './verdicts.js';

/** Runs of one configuration over the nights. */
export interface ConfigurationTrend {
  readonly configuration: Configuration;
  /** Fit for a file name. */
  readonly id: string;
  /** With results, oldest first. */
  readonly runs: readonly ArchivedRun[];
  /** Faults that bit in these runs, by kind: what happened, whatever the configuration asks for. */
  readonly faults: Readonly<Record<string, number>>;
  /** The worst outcome of each night, and how many of its runs were invalid. */
  readonly nights: ReadonlyMap<string, { readonly outcome: Outcome; readonly runs: number; readonly invalid: number }>;
  readonly verdicts: VerdictTrend;
  /** The first run that found a violation. */
  readonly firstBad?: ArchivedRun;
  /** Share of runs with a verdict that found one. */
  readonly anomalyRate?: number;
  readonly series: readonly Series[];
}

export interface Trend {
  /** UTC days with runs, oldest first. */
  readonly nights: readonly string[];
  /** What got worse comes first. */
  readonly configurations: readonly ConfigurationTrend[];
}

const GRAVITY: Readonly<Record<Outcome, number>> = { valid: 0, inconclusive: 1, 'harness-error': 2, invalid: 3 };

/** What many runs say together, by configuration. */
export function trendOf(archived: readonly ArchivedRun[]): Trend {
  const groups = new Map<string, { readonly configuration: Configuration; readonly runs: ArchivedRun[] }>();
  const finished = archived.filter(({ results }) => results !== undefined);
  for (const run of finished) {
    const configuration = configurationOf(run.plan);
    const group = groups.get(configuration.key);
    if (group === undefined) groups.set(configuration.key, { configuration, runs: [run] });
    else group.runs.push(run);
  }
  const configurations = [...groups.values()].map(({ configuration, runs }) => trendIn(configuration, runs));
  return {
    nights: [...new Set(finished.map(nightOf))].sort(),
    configurations: configurations.sort(
      (a, b) => concern(b) - concern(a) || (a.configuration.label < b.configuration.label ? -1 : 1),
    ),
  };
}

function trendIn(configuration: Configuration, runs: readonly ArchivedRun[]): ConfigurationTrend {
  const outcomes = runs.map(({ results }) => results!.outcome);
  const invalid = outcomes.filter((outcome) => outcome === 'invalid').length;
  const decided = outcomes.filter((outcome) => outcome === 'valid').length + invalid;
  const firstBad = runs.find(({ results }) => results!.outcome === 'invalid');
  return {
    configuration,
    id: createHash('sha256').update(configuration.key).digest('hex').slice(0, 10),
    runs,
    faults: effectiveByKind(runs.flatMap(({ results }) => results!.faults)),
    nights: nightsOf(runs),
    verdicts: verdictTrend(outcomes),
    ...(firstBad !== undefined && { firstBad }),
    ...(decided > 0 && { anomalyRate: invalid / decided }),
    series: seriesOf(runs),
  };
}

function nightsOf(runs: readonly ArchivedRun[]): ConfigurationTrend['nights'] {
  const nights = new Map<string, { outcome: Outcome; runs: number; invalid: number }>();
  for (const run of runs) {
    const { outcome } = run.results!;
    const night = nights.get(nightOf(run)) ?? { outcome, runs: 0, invalid: 0 };
    night.runs++;
    if (outcome === 'invalid') night.invalid++;
    if (GRAVITY[outcome] > GRAVITY[night.outcome]) night.outcome = outcome;
    nights.set(nightOf(run), night);
  }
  return nights;
}

/** How much a person should look at it. */
export function concern({ verdicts, series }: Pick<ConfigurationTrend, 'verdicts' | 'series'>): number {
  const ofVerdicts = verdicts.kind === 'regression' ? 8 : verdicts.kind === 'flake' ? 4 : 0;
  return ofVerdicts + (series.some(({ change }) => change?.verdict === 'regression') ? 2 : 0);
}
