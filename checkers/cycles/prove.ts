import type { Anomaly, Verdict } from '../checker.js';
import { cyclesOf, type Analysis } from './analysis.js';
import { decideOpen } from './exact/decide.js';
import { unexplained } from './exact/explain.js';
import { OPEN_LEVELS, type OpenLevel } from './exact/levels.js';
import { Findings } from './findings.js';
import { OPEN_ORDERS } from './judge.js';
import { atLeast } from './lattice.js';
import type { Limits } from './limits.js';
import { operationsOf } from './naming.js';
import { decideRegisters } from './polygraph/decide.js';
import { LEVELS } from './polygraph/levels.js';
import { timeOrder } from './realtime.js';
import { weakLevel } from './weak.js';

/** What a history is judged against, and what is known of it besides its transactions. */
export interface Terms {
  readonly model: string;
  readonly clock: Analysis['clock'];
  /** Initial values that are only assumed, if any. */
  readonly excused: string | undefined;
}

type Valid = Extract<Verdict, { readonly validity: 'valid' }>;

type Proof =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly anomaly: Anomaly }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Weak levels by the kind of cycle that they forbid: an order of all writers decides them without any search. */
const WEAK: Readonly<Record<string, string>> = {
  'monotonic-atomic-view': 'monotonic-atomic-view-cycle',
  'read-atomic': 'read-atomic-cycle',
  'causal-cerone': 'causal-cycle',
};

/**
 * Reads may leave the order of writes open: of registers unless somebody read before writing, of lists where appends were
 * never read. Then that no cycle was found proves nothing, and some execution has to explain everything.
 */
export function proven(verdict: Valid, analysis: Analysis, terms: Terms, limits: Limits): Verdict {
  const proof = prove(analysis, terms, limits);
  if (proof === undefined) return verdict;
  const { anomalies, details, checked } = verdict;
  switch (proof.kind) {
    case 'valid': {
      const notChecked = verdict.notChecked.filter((entry) => !entry.startsWith(OPEN_ORDERS));
      const explains =
        terms.excused === undefined
          ? 'some execution explains every read (shown)'
          : `some execution explains what was read if the history began with ${terms.excused}`;
      return { ...verdict, notChecked, checked: [...checked, explains] };
    }
    case 'unknown':
      return { validity: 'unknown', reason: proof.reason, anomalies, details, checked: [], notChecked: checked };
    case 'invalid':
      return {
        validity: 'invalid',
        anomalies: [proof.anomaly, ...anomalies],
        details: { ...details, ...ruledOut(details, terms.model) },
        checked,
        notChecked: [],
      };
  }
}

/** Undefined where the cycles that were looked for decide the level already. */
function prove(analysis: Analysis, { model, clock }: Terms, limits: Limits): Proof | undefined {
  const weak = WEAK[model] as string | undefined;
  if (weak !== undefined) return proveWeak(analysis, weak, model, limits);
  const level = OPEN_LEVELS.find((each) => each.model === model);
  if (level === undefined) return undefined;
  const asked = clock === 'unknown' ? { ...level, order: 'process' as const } : level;
  return analysis.transactions.family === 'list-append'
    ? proveLists(analysis, asked, limits)
    : proveRegisters(analysis, asked, limits);
}

/** Whether nothing at all was found: then all dependencies lead forward, which is a serial order. */
function isSerial(analysis: Analysis, order: OpenLevel['order']): boolean {
  if (analysis.inference.findings.counts.size > 0) return false;
  const searched = order === 'none' ? 'data' : order;
  return cyclesOf(analysis, searched).length === 0;
}

function proveLists(analysis: Analysis, level: OpenLevel, limits: Limits): Proof | undefined {
  if (level.shape === 'committed' || isSerial(analysis, level.order)) return undefined;
  return proveOpen(analysis, level, limits);
}

function proveOpen({ transactions }: Analysis, { model, shape, order }: OpenLevel, limits: Limits): Proof {
  const decision = decideOpen(transactions, shape, order, limits);
  return decision.kind === 'invalid'
    ? { kind: 'invalid', anomaly: unexplained(transactions, decision.witness, model) }
    : decision;
}

function proveRegisters(analysis: Analysis, level: OpenLevel, limits: Limits): Proof | undefined {
  const { transactions, inference } = analysis;
  const contradicts = inference.findings.counts.has('internal');
  // Cycles of reads decide it, but for what transactions read beside their own writes.
  if (level.shape === 'committed' && !contradicts) return undefined;
  const exact = LEVELS.some((each) => each.model === level.model);
  // What contradicts itself has no execution at the levels above.
  if (!exact && contradicts) return proveOpen(analysis, level, limits);
  const decision = decideRegisters(transactions, level.above, level.order, limits);
  if (decision.kind === 'valid') return { kind: 'valid' };
  if (!exact) return proveOpen(analysis, level, limits);
  if (decision.kind === 'unknown') return decision;
  const { sentence, explanation, witness } = decision;
  return {
    kind: 'invalid',
    anomaly: {
      kind: `no-${level.above}-execution`,
      sentence,
      explanation,
      operations: operationsOf(transactions, [...witness]),
      rulesOut: [level.model],
    },
  };
}

/** Of registers the search for weak levels has taken place; only what needs no sessions is open where they violate it. */
function proveWeak(analysis: Analysis, kind: string, model: string, limits: Limits): Proof | undefined {
  const { transactions, inference, clock } = analysis;
  const isList = transactions.family === 'list-append';
  const sessions = clock === 'unknown' ? timeOrder(transactions) : undefined;
  if (isList ? isSerial(analysis, sessions ? 'process' : 'none') : searched(analysis, kind)) return undefined;
  const findings = new Findings();
  const violated = weakLevel(transactions, kind, sessions, findings, limits);
  if (violated === 'no') return { kind: 'valid' };
  if (violated === 'yes') {
    const [{ sentence, transactions: members }] = findings.examples;
    const operations = operationsOf(transactions, members);
    return { kind: 'invalid', anomaly: { kind: findings.examples[0].kind, sentence, operations, rulesOut: [model] } };
  }
  const internal = inference.findings.counts.has('internal');
  const above = internal ? undefined : decideOpen(transactions, 'snapshot', sessions ? 'process' : 'none', limits);
  if (above?.kind === 'valid') return above;
  return { kind: 'unknown', reason: 'too many transactions follow from no other to decide what each depends on' };
}

/** Causality without sessions is looked for only where causality with them does not hold. */
function searched({ inference, realtime, clock, weakOpen }: Analysis, kind: string): boolean {
  if (kind !== 'causal-cycle') return true;
  return !weakOpen && (clock === 'unknown' || (inference.findings.counts.size === 0 && realtime.length === 0));
}

/** What falls with a model that no cycle ruled out. */
function ruledOut(details: Verdict['details'], model: string): Verdict['details'] {
  const names = (field: string) => (Array.isArray(details[field]) ? (details[field] as string[]) : []);
  const falls = (other: string) => other !== model && atLeast(other, model);
  const not = [...names('not').filter((other) => !falls(other)), model].sort();
  const alsoNot = [...new Set([...names('alsoNot'), ...names('not').filter(falls)])].sort();
  return { not, alsoNot, strongest: names('strongest').filter((other) => !atLeast(other, model)) };
}
