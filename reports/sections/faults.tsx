import type { Evidence, FaultRecord } from '../../harness/history/faults.js';
import { askedWords, recoveryWords } from '../fault-words.js';
import { count, inline, plural, seconds } from '../text.js';
import type { View } from '../view.js';
import { Icon } from './icon.js';
import { Section, Table } from './section.js';

const MAX_FAULTS = 300;

/** Proof, fault by fault, that it bit and that nothing of it was left. */
export function Faults({ view }: { view: View }) {
  const { faults } = view.results;
  if (faults.length === 0) return null;
  const effective = faults.filter((fault) => fault.effective).length;
  return (
    <Section
      id="faults"
      title="Fault evidence"
      lead={`${effective} of ${plural(faults.length, 'fault')} demonstrably bit. A fault that did nothing proves nothing.`}
    >
      {faults.slice(0, MAX_FAULTS).map((fault) => (
        <Fault fault={fault} timed={view.timed} />
      ))}
      {faults.length > MAX_FAULTS && <p>{plural(faults.length - MAX_FAULTS, 'more fault')} in results.json.</p>}
    </Section>
  );
}

function Fault({ fault, timed }: { fault: FaultRecord; timed: boolean }) {
  const { window } = fault;
  return (
    <details class={`fault ${fault.effective ? 'bit' : 'missed'}`} id={`fault-${fault.id}`}>
      <summary>
        <Icon name={fault.effective ? 'valid' : 'unknown'} />
        <span class="name">
          {fault.id}. {inline(fault.kind, 60)}
        </span>
        <span class="what">{inline(fault.description, 200)}</span>
        <span class="when">{timed && span(fault)}</span>
        <span class="badge">{fault.effective ? 'bit' : 'no effect'}</span>
      </summary>
      {fault.error !== undefined && <p class="reason">Injecting failed: {inline(fault.error, 400)}</p>}
      <EvidenceTable
        label={`Evidence that fault ${fault.id} bit`}
        evidence={fault.evidence}
        verdicts={['yes', 'no']}
        title="Did it bite?"
      />
      <EvidenceTable
        label={`Healing of fault ${fault.id}`}
        evidence={fault.healing}
        verdicts={['as expected', 'not as expected']}
        title={fault.healed ? 'Healed, verified' : 'Healing not verified'}
      />
      <dl class="setting">
        <div>
          <dt>Asked for</dt>
          <dd>{askedWords(fault)}</dd>
        </div>
        <div>
          <dt>Operations meanwhile</dt>
          <dd>
            {count(window.inFlight)} in flight when it struck; {count(window.ok)} ok, {count(window.fail)} failed,{' '}
            {count(window.info)} unknown
          </dd>
        </div>
        <div>
          <dt>Leaders</dt>
          <dd>
            before: {names(fault.leadersBefore)}; after: {names(fault.leadersAfter)}
          </dd>
        </div>
        <div>
          <dt>Recovery</dt>
          <dd>{recoveryWords(fault)}</dd>
        </div>
      </dl>
    </details>
  );
}

function span({ injectedTime, requestedTime, healedTime }: FaultRecord): string {
  const end = healedTime === undefined ? 'never healed' : seconds(healedTime, 2);
  return `${seconds(injectedTime ?? requestedTime, 2)} to ${end}`;
}

function names(nodes: readonly string[]): string {
  return nodes.length === 0 ? 'none seen' : nodes.map((node) => inline(node, 40)).join(', ');
}

interface EvidenceProps {
  readonly label: string;
  readonly title: string;
  readonly evidence: readonly Evidence[];
  readonly verdicts: readonly [string, string];
}

function EvidenceTable({ label, title, evidence, verdicts }: EvidenceProps) {
  if (evidence.length === 0) return null;
  const rows = evidence
    .slice(0, 60)
    .map(({ what, expected, measured, bit }) => [
      inline(what, 160),
      inline(expected, 160),
      inline(measured, 160),
      verdicts[bit ? 0 : 1],
    ]);
  return (
    <>
      <h3 class="minor">{title}</h3>
      <Table label={label} head={['Looked at', 'Expected', 'Measured', 'Result']} rows={rows} />
    </>
  );
}
