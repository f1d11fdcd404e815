import { type ArchivedRun, configurationOf } from '../../harness/archive/archive.js';
import type { Assets } from '../client/assets.js';
import { Section, Value } from '../sections/section.js';
import { inline } from '../text.js';
import { OutcomeMark } from './outcome.js';
import { sitePage } from './site.js';

/** Figures of a run in progress, as texts; the names are those of the page's `data-live` fields. */
export interface LiveFigures {
  readonly phase: string;
  readonly elapsed: string;
  readonly rate: string;
  readonly ok: string;
  readonly fail: string;
  readonly info: string;
  readonly fault: string;
  /** How many were found so far, and their sentences, a line each. */
  readonly anomalies: string;
  readonly found: string;
  /** Successes a second over the last minute, as points of a line in a box of 600 × 120. */
  readonly points: string;
}

const FIELDS: readonly (readonly [keyof LiveFigures, string])[] = [
  ['phase', 'Phase'],
  ['elapsed', 'Elapsed'],
  ['rate', 'ok a second'],
  ['ok', 'ok'],
  ['fail', 'failed'],
  ['info', 'unknown'],
  ['anomalies', 'anomalies'],
];

/** A run in progress: what `events` sends is shown as it comes; its report follows when it is judged. */
export function livePage(run: ArchivedRun, events: string, assets: Assets): string {
  const { plan } = run;
  return sitePage(
    {
      title: `running: ${configurationOf(plan).label}`,
      subject: inline(plan.runId, 120),
      navigation: [['/', 'All runs']],
      kind: 'live',
      body: (
        <div data-events={events}>
          <h1>{inline(configurationOf(plan).label, 300)}</h1>
          <p class="lead">
            <OutcomeMark outcome="running" /> seed <Value>{String(plan.seed)}</Value>
          </p>
          <dl class="live figures">
            {FIELDS.map(([name, words]) => (
              <div>
                <dt>{words}</dt>
                <dd data-live={name}>–</dd>
              </div>
            ))}
          </dl>
          <p aria-live="polite">
            Fault in place: <strong data-live="fault">none</strong>
          </p>
          <p aria-live="polite" class="lines">
            Found so far: <strong data-live="found">nothing</strong>
          </p>
          <Section id="rate" title="The last minute" lead="Successful operations a second.">
            <figure class="trend">
              <svg viewBox="0 0 600 120" role="img" aria-label="Successful operations a second over the last minute">
                <polyline class="line" data-live-line points="" />
              </svg>
            </figure>
          </Section>
        </div>
      ),
    },
    assets,
  );
}
