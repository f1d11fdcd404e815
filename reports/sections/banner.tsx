import type { Outcome } from '../../harness/run/plan.js';
import { capital, count, duration, inline, plural } from '../text.js';
import { STRONGEST, standingOf } from '../standing.js';
import { checkName, type View } from '../view.js';
import { Icon, type IconName } from './icon.js';

const WORDS: Readonly<Record<Outcome, { readonly icon: IconName; readonly word: string }>> = {
  valid: { icon: 'valid', word: 'Valid' },
  invalid: { icon: 'invalid', word: 'Violation found' },
  inconclusive: { icon: 'unknown', word: 'Inconclusive' },
  'harness-error': { icon: 'trouble', word: 'The test itself failed' },
};

/** The verdict: one sentence a tired person understands, then what was claimed and what was observed. */
export function Banner({ view }: { view: View }) {
  const { results } = view;
  const { icon, word } = WORDS[results.outcome];
  return (
    <section id="verdict" class={`banner ${results.outcome}`} aria-label="Verdict">
      <div class="verdict">
        <Icon name={icon} />
        <div>
          <p class="word">{word}</p>
          <h1>{inline(results.sentence, 600)}</h1>
          {results.harnessError !== undefined && (
            <p class="trouble-text">
              Harness: {inline(results.harnessError, 600)}. What was recorded is judged all the same.
            </p>
          )}
        </div>
      </div>
      <dl class="promise">
        <div>
          <dt>Claimed</dt>
          <dd>{capital(claimed(view))}</dd>
        </div>
        <div>
          <dt>Observed</dt>
          <dd>{capital(observed(view))}</dd>
        </div>
      </dl>
      <dl class="figures">
        {figures(view).map(([name, value, note]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {value} {note !== '' && <small>{note}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function claimed({ plan }: View): string {
  if (plan === undefined) return 'A bare history: no database was asked what it promises.';
  const { claims } = plan.system;
  const source = claims.source === '' ? '' : ` (${inline(claims.source, 200)})`;
  const judged =
    plan.consistency !== undefined && plan.consistency !== claims.consistency
      ? ` Judged against ${inline(plan.consistency, 80)} instead.`
      : '';
  return `${inline(claims.consistency, 80)}${source}.${judged}`;
}

/** What the history shows about the claim; careful to say no more than what was decided. */
export function observed({ plan, results, anomalies, anomaliesLeftOut }: View): string {
  const violations = anomalies.filter(({ violation }) => violation);
  if (violations.length > 0) {
    const kinds = [...new Set(violations.map(({ anomaly }) => inline(anomaly.kind, 60)))];
    const ruledOut = [...new Set(violations.flatMap(({ anomaly }) => anomaly.rulesOut ?? []))].map((name) =>
      inline(name, 60),
    );
    const causes = violations.filter(({ followsFrom }) => followsFrom === undefined);
    const following = causes.reduce((sum, { follows }) => sum + follows.length, 0);
    const also =
      following > 0 ? ` and ${count(following)} that ${following === 1 ? 'follows' : 'follow'} from them` : '';
    const number = plural(causes.length, 'violation');
    const more = anomaliesLeftOut > 0 && causes.length === anomalies.length ? ' or more' : '';
    const rest = [...(ruledOut.length > 0 ? [`rules out ${ruledOut.join(', ')}`] : []), ...strongestIn(results)];
    return `${[`${number}${more}${also}: ${kinds.join(', ')}`, ...rest].join('; ')}.`;
  }
  if (results.checks.length === 0) return 'nothing: no check was made.';
  const undecided = results.checks.filter(({ verdict }) => verdict.validity === 'unknown');
  const decided = results.checks.length - undecided.length;
  if (undecided.length > 0) {
    return `no violation, but ${plural(undecided.length, 'check')} of ${results.checks.length} could not be decided.`;
  }
  const model = plan?.consistency ?? plan?.system.claims.consistency;
  const allowed =
    anomalies.length > 0 ? ` ${plural(anomalies.length, 'anomaly', 'anomalies')} that the model allows.` : '';
  return `no violation${model === undefined ? '' : ` of ${inline(model, 80)}`} in ${plural(decided, 'check')}.${allowed}`;
}

/** What still holds, by the checks that found out. */
function strongestIn({ checks }: View['results']): readonly string[] {
  return checks
    .filter(({ verdict }) => verdict.validity === 'invalid')
    .flatMap((check) => {
      const [line] = standingOf(check.verdict).filter((told) => told.startsWith(STRONGEST));
      return line === undefined ? [] : [`${line} (${inline(checkName(check), 120)})`];
    });
}

function figures(view: View): (readonly [string, string, string])[] {
  const { results, selection, timed, durationNs, history } = view;
  const { faults } = results;
  const effective = faults.filter((fault) => fault.effective).length;
  const sum = (outcome: 'ok' | 'fail' | 'info') => results.counts.reduce((total, counts) => total + counts[outcome], 0);
  const unknown =
    results.counts.length === 0
      ? ''
      : `${count(sum('ok'))} ok, ${count(sum('fail'))} failed, ${count(sum('info'))} unknown`;
  return [
    ['Operations', count(selection.total), unknown],
    [
      'Faults that bit',
      faults.length === 0 ? 'none' : `${effective} of ${faults.length}`,
      faults.length === 0 ? 'no fault was injected' : '',
    ],
    ['Checks', count(results.checks.length), checksNote(view)],
    timed ? ['Length', duration(durationNs), ''] : ['Events', count(history.length), 'without times'],
  ];
}

function checksNote({ results }: View): string {
  const by = (validity: string) => results.checks.filter(({ verdict }) => verdict.validity === validity).length;
  return (['valid', 'invalid', 'unknown'] as const)
    .filter((validity) => by(validity) > 0)
    .map((validity) => `${by(validity)} ${validity}`)
    .join(', ');
}
