import { contradicts, covers } from '../../checkers/claim.js';
import type { FaultRecord } from '../history/faults.js';
import { anomalyAt } from './groups.js';
import type { CheckerResult, OperationCounts, Outcome, Plan, ViolationGroup } from './plan.js';

export interface Findings {
  readonly outcome: Outcome;
  readonly plan: Plan;
  readonly checks: readonly CheckerResult[];
  readonly groups: readonly ViolationGroup[];
  readonly faults: readonly FaultRecord[];
  readonly counts: readonly OperationCounts[];
  readonly doubts: readonly string[];
  readonly harnessError: string | undefined;
}

/** The verdict in one sentence, for the banner. */
export function sentenceOf(findings: Findings): string {
  const { outcome, plan, harnessError } = findings;
  const system = plan.system.name;
  switch (outcome) {
    case 'invalid':
      return `${accusation(findings)}: ${headline(findings)}`;
    case 'harness-error':
      return `The harness failed, and what was recorded shows no violation: ${harnessError}`;
    case 'inconclusive':
      if (outages(findings).length > 0) return `No violation was found, but ${outages(findings).join('; ')}`;
      return `No violation was found, but the run proves too little: ${firstReason(findings)}`;
    case 'valid':
      return `${system}: ${noViolation(findings)}.`;
  }
}

/** What was found against what was asked for and what the system claims. */
function accusation({ plan, checks, groups }: Findings): string {
  const { claims, name } = plan.system;
  const claimed = claims.consistency;
  const roots = groups.map(({ root }) => ({ check: checks[root.check], anomaly: anomalyAt(checks, root) }));
  const found = roots.filter(({ check }) => check.required);
  if (found.length === 0) return `A check that is for information found a violation in ${name}`;
  if (found.some(({ anomaly }) => contradicts(anomaly, claimed))) return `${name} broke its promises`;
  const holds = found.every(({ check }) => covers(strongestOf(check), claimed));
  const claim = `${claimed}, ${holds ? 'which still holds' : 'which nothing that was found contradicts'}`;
  if (plan.consistency !== undefined && found.some(({ anomaly }) => contradicts(anomaly, plan.consistency!))) {
    return `${name} violates ${plan.consistency}, which was asked for; it claims no more than ${claim}`;
  }
  const ruledOut = [...new Set(found.flatMap(({ anomaly }) => anomaly.rulesOut?.[0] ?? []))];
  const not = ruledOut.length > 0 ? ruledOut.join(' or ') : 'what was checked';
  return `${name} is not ${not}, and with these options it claims no more than ${claim}`;
}

/** Of the models that a checker found standing, the strongest. */
function strongestOf({ verdict }: CheckerResult): readonly string[] {
  const { strongest } = verdict.details;
  return Array.isArray(strongest) ? strongest.map(String) : [];
}

function headline({ checks, groups }: Findings): string {
  if (groups.length === 0) return 'a violation';
  const { root } = groups[0];
  const { workload } = checks[root.check];
  const { sentence } = anomalyAt(checks, root);
  return workload === undefined ? sentence : `${workload}: ${sentence}`;
}

/** Nodes that did not come back say more than what could not be decided because of them. */
function outages({ checks }: Findings): readonly string[] {
  return checks.flatMap(({ verdict }) =>
    verdict.anomalies.filter(({ kind }) => kind === 'unavailable').map(({ sentence }) => sentence),
  );
}

function firstReason({ checks, doubts }: Findings): string {
  for (const { required, verdict, checker, workload } of checks) {
    if (!required || verdict.validity !== 'unknown') continue;
    return `${workload === undefined ? checker : `${workload} (${checker})`}: ${verdict.reason}`;
  }
  return doubts[0] ?? 'no required checker decided anything about data';
}

/** What was decided, over how much, under which faults. */
function noViolation({ plan, checks, faults, counts }: Findings): string {
  const operations = counts.reduce((sum, { ok, fail, info }) => sum + ok + fail + info, 0);
  const names = plan.workloads.map(({ name }) => name);
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
  return `${noViolationIn(operations, list === '' ? '' : ` of ${list}`)}${under(faults)}; ${decidedBy(checks)}`;
}

export function noViolationIn(operations: number, of = ''): string {
  const count = operations.toLocaleString('en-US');
  return `no violation in ${count} ${operations === 1 ? 'operation' : 'operations'}${of}`;
}

function under(faults: readonly FaultRecord[]): string {
  if (faults.length === 0) return '';
  const effective = faults.filter((fault) => fault.effective).length;
  const all = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return effective === faults.length ? ` under ${all}` : ` under ${all}, of which ${effective} had an effect`;
}

/** Conditions told in full; the report has them all. */
const TOLD_CONDITIONS = 4;
/** Fewer answers than that, or less than one of a hundred operations, are little to rest on. */
const FEW_ANSWERS = 10;
const FEW_SHARE = 0.01;

/** The conditions that required checks decided, and on how little they rest where that is little. */
export function decidedBy(checks: readonly CheckerResult[]): string {
  const deciding = checks.filter(({ required, verdict }) => required && verdict.validity === 'valid');
  // Whether the test itself was worth anything is no condition that the database kept.
  const conditions = [...new Set(deciding.filter(isAboutData).flatMap(({ verdict }) => verdict.checked))];
  const more = conditions.length - TOLD_CONDITIONS;
  const told = conditions.slice(0, TOLD_CONDITIONS).join('; ');
  const all = conditions.length === 0 ? 'nothing about data was checked' : told;
  return [more > 0 ? `${all}; and ${more} more` : all, ...little(deciding)].join('; ');
}

/** Verdicts on the test itself rest on no answer of the database. */
export const isAboutData = ({ verdict }: Pick<CheckerResult, 'verdict'>): boolean => verdict.rests !== undefined;

function little(deciding: readonly CheckerResult[]): string[] {
  const [least] = deciding
    .flatMap(({ verdict }) => verdict.rests ?? [])
    .sort((a, b) => a.observations - b.observations);
  if (least === undefined) return [];
  const { observations, operations } = least;
  if (observations >= FEW_ANSWERS && observations >= operations * FEW_SHARE) return [];
  const answers = observations === 1 ? '1 answer' : `${observations.toLocaleString('en-US')} answers`;
  return [`rests on ${answers} among ${operations.toLocaleString('en-US')} operations`];
}
