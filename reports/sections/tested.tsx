import type { ComponentChildren } from 'preact';
import type { CheckerResult, OperationCounts } from '../../harness/run/plan.js';
import { standingOf } from '../standing.js';
import { capital, count, duration, inline, plural } from '../text.js';
import { checkName, type View } from '../view.js';
import { Icon, type IconName } from './icon.js';
import { Section, Table, Value } from './section.js';
import { Setting } from './setting.js';

/** What was really tested: proof that the verdict is not vacuous, and everything needed to repeat it. */
export function Tested({ view }: { view: View }) {
  return (
    <Section id="tested" title="What was really tested" lead={leadOf(view)}>
      <h3>Checks</h3>
      <div class="checks">
        {view.results.checks.map((check) => (
          <Check check={check} />
        ))}
        {view.results.checks.length === 0 && <p>No check was made.</p>}
      </div>
      <FaultSummary view={view} />
      <OperationTable view={view} />
      <Errors view={view} />
      <Setting view={view} />
      {view.results.notes.length > 0 && (
        <>
          <h3>Notes of the harness</h3>
          <ul class="notes">
            {view.results.notes.slice(0, 100).map((note) => (
              <li>{inline(note, 500)}</li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function leadOf({ results, selection }: View): string {
  const effective = results.faults.filter((fault) => fault.effective).length;
  const faults =
    results.faults.length === 0
      ? 'no fault was injected'
      : `${effective} of ${plural(results.faults.length, 'fault')} demonstrably bit`;
  const undecided = results.checks.filter(({ verdict }) => verdict.validity === 'unknown').length;
  const rest = undecided === 0 ? 'every check reached a decision' : `${plural(undecided, 'check')} reached no decision`;
  return `${plural(selection.total, 'operation')} of clients; ${faults}; ${rest}.`;
}

const ICONS = { valid: 'valid', invalid: 'invalid', unknown: 'unknown' } as const satisfies Record<string, IconName>;

function Check({ check }: { check: CheckerResult }) {
  const { verdict, required, durationMs } = check;
  return (
    <article class={`check ${verdict.validity}`}>
      <header>
        <Icon name={ICONS[verdict.validity]} />
        <h4>{inline(checkName(check), 120)}</h4>
        <p class="aside">
          {verdict.validity}, {required ? 'required' : 'for information'}, {duration(durationMs * 1e6)}
        </p>
      </header>
      {verdict.validity === 'unknown' && <p class="reason">Undecided: {inline(verdict.reason, 600)}</p>}
      <Decisions title="Decided" sentences={verdict.checked} />
      <Decisions title="Consistency models" sentences={standingOf(verdict)} />
      <Decisions title="Not checked" sentences={verdict.notChecked} />
    </article>
  );
}

function Decisions({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <div class="decisions">
      <h5>{title}</h5>
      <ul>
        {sentences.slice(0, 30).map((sentence) => (
          <li>{capital(inline(sentence, 400))}</li>
        ))}
      </ul>
    </div>
  );
}

function FaultSummary({ view }: { view: View }) {
  const { faults } = view.results;
  if (faults.length === 0) return null;
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const mine = faults.filter((fault) => fault.kind === kind);
    const effective = mine.filter((fault) => fault.effective).length;
    const healed = mine.filter((fault) => fault.healed).length;
    const { length } = mine;
    return [
      inline(kind, 60),
      <Tally of={mine.map((fault) => fault.effective)} />,
      `${effective} of ${length}`,
      `${healed} of ${length}`,
    ];
  });
  return (
    <>
      <h3>Faults</h3>
      <Table label="Faults by kind" head={['Kind', 'Each fault', 'Bit', 'Healed, verified']} rows={rows} />
      <p class="aside">
        A filled square is a fault whose effect was measured; an empty one did nothing and proves nothing.{' '}
        <a href="#faults">Evidence of each fault</a>
      </p>
    </>
  );
}

function Tally({ of }: { of: readonly boolean[] }) {
  const shown = of.slice(0, 60);
  return (
    <svg
      class="tally"
      width={shown.length * 13}
      height={12}
      role="img"
      aria-label={`${of.filter(Boolean).length} of ${of.length} effective`}
    >
      {shown.map((bit, position) => (
        <rect x={position * 13 + 1} y={1} width={10} height={10} rx={2} class={bit ? 'bit' : 'missed'} />
      ))}
    </svg>
  );
}

function OperationTable({ view }: { view: View }) {
  const { counts } = view.results;
  if (counts.length === 0) return null;
  const phases = [...new Set(counts.map(({ phase }) => phase))];
  const kinds = [...new Map(counts.map((each) => [`${each.workload ?? ''} ${each.f}`, each])).values()];
  const cell = (mine: readonly OperationCounts[]) => {
    const sum = (outcome: 'ok' | 'fail' | 'info') => mine.reduce((total, each) => total + each[outcome], 0);
    return <Outcomes ok={sum('ok')} fail={sum('fail')} info={sum('info')} />;
  };
  const rows = kinds.map(({ workload, f }) => {
    const mine = counts.filter((each) => each.workload === workload && each.f === f);
    return [
      <>
        {workload !== undefined && `${inline(workload, 60)} `}
        <strong>{inline(f, 60)}</strong>
      </>,
      ...phases.map((phase) => cell(mine.filter((each) => each.phase === phase))),
      cell(mine),
    ];
  });
  const head = ['Operation', ...phases.map((phase) => inline(phase, 60)), 'All phases'];
  const numeric = head.map((_, column) => column).slice(1);
  return (
    <>
      <h3>Operations by outcome and phase</h3>
      <Table label="Operations by outcome and phase" head={head} rows={rows} numeric={numeric} />
      <p class="aside">
        ok: took effect; failed: certainly did not; unknown: may take effect at any later time. An empty cell had no
        operation.
      </p>
    </>
  );
}

function Outcomes({ ok, fail, info }: { ok: number; fail: number; info: number }): ComponentChildren {
  if (ok + fail + info === 0) return null;
  return (
    <>
      <span class="count">{count(ok)} ok</span>
      {fail > 0 && <span class="count minor">{count(fail)} failed</span>}
      {info > 0 && <span class="count minor">{count(info)} unknown</span>}
    </>
  );
}

function Errors({ view }: { view: View }) {
  const { errors } = view.results;
  if (errors.length === 0) return null;
  const rows = errors
    .slice(0, 40)
    .map(({ code, count: times, example }) => [
      <Value>{inline(code, 80)}</Value>,
      count(times),
      <Value>{inline(example, 200)}</Value>,
    ]);
  return (
    <>
      <h3>Errors clients saw</h3>
      <Table label="Errors clients saw" head={['Code', 'Times', 'Example']} rows={rows} numeric={[1]} />
    </>
  );
}
