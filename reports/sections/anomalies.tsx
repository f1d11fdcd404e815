import type { Anomaly } from '../../checkers/checker.js';
import { Cycle } from '../drawings/cycle.js';
import { Lanes } from '../drawings/lanes.js';
import { OperationLink } from '../drawings/link.js';
import { Series } from '../drawings/series.js';
import { describe, compact } from '../describe.js';
import { kindsWithCounts } from '../groups.js';
import { notProven } from '../proven.js';
import type { ReportedOperation } from '../operation.js';
import { capital, count, duration, inline, moment, plural } from '../text.js';
import { checkName, MAX_PROOF_OPERATIONS, type NumberedAnomaly, type View } from '../view.js';
import { Icon } from './icon.js';
import { Section, Table, Value } from './section.js';

/** Every anomaly: the sentence, a drawing, the operations that prove it. */
export function Anomalies({ view }: { view: View }) {
  const { anomalies, anomaliesLeftOut } = view;
  if (anomalies.length === 0) return null;
  const violations = anomalies.filter(({ violation, followsFrom }) => violation && followsFrom === undefined).length;
  const [causes, consequences, others] = [
    anomalies.filter(({ violation, followsFrom }) => violation && followsFrom === undefined),
    anomalies.filter(({ followsFrom }) => followsFrom !== undefined),
    anomalies.filter(({ violation }) => !violation),
  ];
  const show = (entries: readonly NumberedAnomaly[]) =>
    entries.map((entry) => <OneAnomaly entry={entry} view={view} />);
  const lead =
    violations === 0
      ? 'Nothing here is counted as a violation: the model judged against allows it, or the check reached no decision.'
      : `${plural(violations, 'violation')}, ${violations === 1 ? '' : 'each '}with the smallest set of operations found to prove it${
          consequences.length > 0 ? '; then what follows from it' : ''
        }.`;
  return (
    <Section id="anomalies" title="Anomalies" lead={lead}>
      {show(causes)}
      {consequences.length > 0 && <h3>What follows from {causes.length === 1 ? 'it' : 'them'}</h3>}
      {show(consequences)}
      {others.length > 0 && violations > 0 && <h3>Not counted as violations</h3>}
      {show(others)}
      {anomaliesLeftOut > 0 && (
        <p>{plural(anomaliesLeftOut, 'more anomaly', 'more anomalies')} left out here; results.json has all of them.</p>
      )}
    </Section>
  );
}

function OneAnomaly({ entry, view }: { entry: NumberedAnomaly; view: View }) {
  const { number, anomaly, check, violation, operations } = entry;
  return (
    <article class={`anomaly ${violation ? 'violation' : 'allowed'}`} id={`anomaly-${number}`}>
      <header>
        <Icon name={violation ? 'invalid' : 'unknown'} />
        <p class="aside">
          <strong>
            {number}. {inline(anomaly.kind, 80)}
          </strong>{' '}
          found by {inline(checkName(check), 120)}
          {entry.followsFrom !== undefined && (
            <>
              ; follows from <a href={`#anomaly-${entry.followsFrom}`}>{entry.followsFrom}</a>
            </>
          )}
          {!violation && (check.verdict.validity === 'unknown' ? '; check undecided' : '; allowed by the model')}
        </p>
      </header>
      <h3>{capital(inline(anomaly.sentence, 1_000))}</h3>
      {anomaly.rulesOut !== undefined && anomaly.rulesOut.length > 0 && (
        <p class="rules-out">Rules out: {anomaly.rulesOut.map((model) => inline(model, 60)).join(', ')}</p>
      )}
      <Follows entry={entry} view={view} />
      <Meanwhile operations={operations} view={view} />
      <Picture entry={entry} view={view} />
      {anomaly.explanation !== undefined && anomaly.explanation.length > 0 && (
        <div class="explanation">
          {anomaly.explanation.slice(0, 60).map((line) => (
            <p>{inline(line, 800)}</p>
          ))}
        </div>
      )}
      {notProven(anomaly).map((line) => (
        <p class="aside">{capital(inline(line, 400))}</p>
      ))}
      <ProofTable number={number} operations={operations} view={view} />
      <Details details={anomaly.details} />
    </article>
  );
}

/** What follows from a violation, counted by kind, with links to what is shown of it. */
function Follows({ entry: { number, follows }, view }: { entry: NumberedAnomaly; view: View }) {
  if (follows.length === 0) return null;
  const shown = view.anomalies.filter(({ followsFrom }) => followsFrom === number);
  return (
    <p class="follows">
      What follows from it × {count(follows.length)}: {kindsWithCounts(follows)}
      {shown.length > 0 && ' ('}
      {shown.map((each, position) => (
        <>
          {position > 0 && ', '}
          <a href={`#anomaly-${each.number}`}>{each.number}</a>
        </>
      ))}
      {shown.length > 0 && ')'}
    </p>
  );
}

function Picture({ entry: { number, anomaly, operations }, view }: { entry: NumberedAnomaly; view: View }) {
  const { history, timed, durationNs, results } = view;
  const id = `drawing-${number}`;
  const title = inline(anomaly.sentence, 300);
  // One operation alone draws nothing that its words do not say.
  if (anomaly.drawing === undefined && operations.length === 0) return null;
  const drawing = anomaly.drawing ?? { kind: 'lanes' };
  switch (drawing.kind) {
    case 'lanes':
      if (operations.length === 0) return null;
      return (
        <Lanes
          id={id}
          title={title}
          drawing={drawing}
          proof={operations}
          history={history}
          timed={timed}
          durationNs={durationNs}
        />
      );
    case 'cycle':
      return <Cycle id={id} title={title} drawing={drawing} />;
    case 'series':
      return <Series id={id} title={title} drawing={drawing} faults={results.faults} timed={timed} />;
  }
}

/** Faults in place between the first and the last operation of the proof: often the cause, never a proof of it. */
function Meanwhile({ operations, view }: { operations: readonly ReportedOperation[]; view: View }) {
  if (!view.timed || operations.length === 0) return null;
  const start = Math.min(...operations.map(({ startTime }) => startTime));
  const end = Math.max(...operations.map(({ startTime, endTime }) => endTime ?? startTime));
  const meanwhile = view.results.faults.filter(
    ({ requestedTime, healedTime }) => requestedTime <= end && (healedTime ?? Infinity) >= start,
  );
  if (meanwhile.length === 0 || meanwhile.length > MAX_MEANWHILE) return null;
  return (
    <p class="aside">
      Meanwhile:{' '}
      {meanwhile.map(({ id, kind, description }, position) => (
        <>
          {position > 0 && '; '}
          <a href={`#fault-${id}`}>{inline(kind, 60)}</a> ({inline(description, 160)})
        </>
      ))}
      .
    </p>
  );
}
/** A proof that spans more faults than that says nothing about any of them. */
const MAX_MEANWHILE = 4;

interface ProofProps {
  readonly number: number;
  readonly operations: readonly ReportedOperation[];
  readonly view: View;
}

function ProofTable({ number, operations, view: { timed, durationNs } }: ProofProps) {
  if (operations.length === 0) return null;
  const shown = operations.slice(0, MAX_PROOF_OPERATIONS);
  const hasKeys = shown.some(({ key }) => key !== undefined);
  const rows = shown.map((operation) => [
    <OperationLink index={operation.index} />,
    <Value>{inline(describe(operation), 200)}</Value>,
    ...(hasKeys ? [<Value>{inline(operation.key ?? '', 60)}</Value>] : []),
    `${operation.process}${operation.node === undefined ? '' : ` on ${inline(operation.node, 40)}`}`,
    operation.outcome === 'info' ? 'unknown' : operation.outcome,
    timed ? moment(operation.startTime, durationNs) : `#${operation.index}`,
    timed ? lengthOf(operation) : `#${operation.completionIndex ?? '?'}`,
  ]);
  const head = [
    'Id',
    'Operation',
    ...(hasKeys ? ['Key'] : []),
    'Process',
    'Outcome',
    'Invoked',
    timed ? 'Took' : 'Completed',
  ];
  const numeric = [head.length - 2, head.length - 1];
  return (
    <>
      <Table
        label={`Operations that prove anomaly ${number}`}
        head={head}
        rows={rows}
        numeric={numeric}
        class="proof"
      />
      {operations.length > shown.length && (
        <p class="aside">{plural(operations.length - shown.length, 'more operation')} in results.json.</p>
      )}
    </>
  );
}

function lengthOf({ startTime, endTime }: ReportedOperation): string {
  return endTime === undefined ? 'open' : duration(endTime - startTime);
}

function Details({ details }: { details: Anomaly['details'] }) {
  const entries = Object.entries(details ?? {});
  if (entries.length === 0) return null;
  return (
    <details>
      <summary>Details of the checker</summary>
      <dl class="setting">
        {entries.slice(0, 40).map(([name, value]) => (
          <div>
            <dt>{inline(name, 80)}</dt>
            <dd>
              <Value>{inline(compact(value), 600)}</Value>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
