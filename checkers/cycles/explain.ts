import type { Anomaly, Drawing } from '../checker.js';
import type { Json } from '../../harness/history/operation.js';
import type { Transactions } from '../transactions/transactions.js';
import { PROCESS, REALTIME } from './component.js';
import { RELATION_NAMES } from './graph.js';
import { boundary } from './lattice.js';
import { eventOf, operationsOf, placeName } from './naming.js';
import type { Reason } from './reasons.js';
import type { Cycle, Step } from './walk.js';

/** What a kind of anomaly is called in words. */
const MEANINGS: Readonly<Record<string, string>> = {
  G0: 'writes that each precede the other',
  G1c: 'information that flows in a circle',
  'G-single-item': 'read skew',
  'G-nonadjacent-item': 'reads that disagree about the order of writes',
  'G2-item': 'write skew',
};
const LABEL_LENGTH = 160;
/** Transactions that a sentence names. */
const NAMED = 4;
/** Steps of a long cycle that are explained: the first and the last so many. */
const HEAD = 24;
const TAIL = 8;

/** A cycle as an anomaly: who, why each precedes the next, and why that cannot be. */
export function explainCycle(transactions: Transactions, cycle: Cycle, reason: Reason): Anomaly {
  const steps = rotate(cycle.steps);
  const members = steps.map((step) => step.from);
  const name = (at: number) => `T${String((at % members.length) + 1)}`;
  // Whoever reads it needs the beginning and the end of a long chain, not its middle.
  const shown = [...steps.keys()].filter((at) => at < HEAD || at >= steps.length - TAIL);
  const because = new Map(
    shown.map((at) => [at, explainStep(transactions, steps[at], reason, name(at), name(at + 1))] as const),
  );
  const order = (at: number) => `${name(at)} < ${name(at + 1)}, because ${because.get(at)!}`;
  const skipped = steps.length - shown.length;
  const gap = skipped > 0 ? [`  … and ${String(skipped)} more in between, each before the next`] : [];
  const elided = (lines: readonly string[]) => [...lines.slice(0, HEAD), ...gap, ...lines.slice(HEAD)];
  return {
    kind: cycle.kind,
    sentence: sentence(transactions, cycle.kind, members, [...because.values()]),
    operations: operationsOf(transactions, members),
    explanation: [
      'Let:',
      ...elided(shown.map((at) => `  ${name(at)} = ${describe(transactions, members[at])}`)),
      'Then:',
      ...elided(shown.slice(0, -1).map((at) => `  - ${order(at)}.`)),
      `  - However, ${order(steps.length - 1)}: a contradiction!`,
    ],
    rulesOut: boundary([cycle.kind]).not,
    ...(skipped === 0 && { drawing: draw(transactions, steps, because) }),
  };
}

function sentence(
  transactions: Transactions,
  kind: string,
  members: readonly number[],
  because: readonly string[],
): string {
  const [base, suffix] = splitKind(kind);
  const through = suffix === '' ? '' : suffix === 'process' ? ' against the order of a session' : ' against real time';
  const named = members.slice(0, NAMED).map((member, i) => `T${String(i + 1)} (${placeName(transactions, member)})`);
  const others = members.length > NAMED ? ` and ${String(members.length - NAMED)} more` : '';
  const reasons = because.length <= NAMED ? because.slice(0, -1).join('; ') : `${because[0]}; …`;
  return `${MEANINGS[base] ?? base}${through} among ${named.join(', ')}${others}: ${reasons}; yet ${because[because.length - 1]}`;
}

function draw(transactions: Transactions, steps: readonly Step[], because: ReadonlyMap<number, string>): Drawing {
  return {
    kind: 'cycle',
    nodes: steps.map(({ from }, i) => ({
      name: `T${String(i + 1)}`,
      label: clip(textOf(transactions, from)),
      index: transactions.history.columns.indices[eventOf(transactions, from)],
    })),
    edges: steps.map(({ relation }, i) => ({
      from: i,
      to: (i + 1) % steps.length,
      relation: RELATION_NAMES[relation],
      because: because.get(i)!,
    })),
  };
}

/** Puts the step that people doubt last: the one through time, or else an rw one. */
function rotate(steps: readonly Step[]): readonly Step[] {
  const doubtful = Math.max(...steps.map((step) => step.relation));
  const last = steps.findLastIndex((step) => step.relation === doubtful);
  return [...steps.slice(last + 1), ...steps.slice(0, last + 1)];
}

function explainStep(transactions: Transactions, step: Step, reason: Reason, a: string, b: string): string {
  const { history, invokes, completions } = transactions;
  const { indices, times } = history.columns;
  if (step.relation === PROCESS) {
    return `process ${history.processName(invokes[step.from])} executed ${a} before ${b}`;
  }
  if (step.relation === REALTIME) {
    const end = completions[step.from];
    const start = invokes[step.to];
    const gapMs = (times[start] - times[end]) / 1e6;
    const gap = gapMs >= 0.001 ? `, ${gapMs.toFixed(3)} ms later` : '';
    return `${a} completed (event ${String(indices[end])}) before ${b} was invoked (event ${String(indices[start])}${gap})`;
  }
  return reason(step.from, step.to, step.relation, a, b);
}

function splitKind(kind: string): readonly [base: string, suffix: string] {
  const match = /^(.*)-(process|realtime)$/.exec(kind);
  return match ? [match[1], match[2]] : [kind, ''];
}

/** `event 12, process 3 on n1, at 1.204 s, ok: [append 5 3] [r 4 [1 2]]`. */
function describe(transactions: Transactions, transaction: number): string {
  const { history } = transactions;
  const position = eventOf(transactions, transaction);
  const event = history.event(position);
  const where = event.node === undefined ? '' : ` on ${event.node}`;
  const seconds = (event.time / 1e9).toFixed(3);
  const type = event.type === 'invoke' ? 'never completed' : event.type;
  return `event ${String(event.index)}, process ${history.processName(position)}${where}, at ${seconds} s, ${type}: ${textOf(transactions, transaction)}`;
}

function textOf(transactions: Transactions, transaction: number): string {
  const value = transactions.history.value(eventOf(transactions, transaction));
  return Array.isArray(value) ? (value as readonly Json[]).map(mopText).join(' ') : JSON.stringify(value);
}

function mopText(mop: Json): string {
  if (!Array.isArray(mop)) return JSON.stringify(mop);
  return `[${(mop as readonly Json[]).map((part) => plain(part)).join(' ')}]`;
}

function plain(part: Json): string {
  if (typeof part === 'string') return part;
  return Array.isArray(part) ? `[${(part as readonly Json[]).map(plain).join(' ')}]` : JSON.stringify(part);
}

function clip(text: string): string {
  return text.length <= LABEL_LENGTH ? text : `${text.slice(0, LABEL_LENGTH - 1)}…`;
}
