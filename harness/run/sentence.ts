import type { FaultRecord } from '../history/faults.js';
import type { CheckerResult, OperationCounts, Outcome, Plan } from './plan.js';

export interface Findings {
  readonly outcome: Outcome;
  readonly plan: Plan;
  readonly checks: readonly CheckerResult[];
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
      return `${accusation(findings)}: ${firstAnomaly(findings)}`;
    case 'harness-error':
      return `The harness failed, and what was recorded shows no violation: ${harnessError}`;
    case 'inconclusive':
      if (outages(findings).length > 0) return `No violation was found, but ${outages(findings).join('; ')}`;
      return `No violation was found, but the run proves too little: ${firstReason(findings)}`;
    case 'valid':
      return `${system} kept its promises: ${scope(findings)}.`;
  }
}

/** Models that promise to be linearizable, each object or all together. */
const REALTIME_MODELS: readonly string[] = ['linearizable', 'strict-serializable', 'strong-serializable', 'PL-SS'];

/** A stale read is a finding also where nobody promised better, but then no promise was broken. */
function accusation({ plan, checks }: Findings): string {
  const { claims, name } = plan.system;
  const broken = checks.flatMap(({ verdict }) => (verdict.validity === 'invalid' ? verdict.anomalies : []));
  const onlyStale = broken.every(({ kind }) => kind === 'nonlinearizable');
  if (!onlyStale || REALTIME_MODELS.includes(claims.consistency)) return `${name} broke its promises`;
  return `${name} is not linearizable, and with these options it claims no more than ${claims.consistency}`;
}

function firstAnomaly({ checks }: Findings): string {
  const broken = checks.filter(({ verdict }) => verdict.validity === 'invalid');
  const { workload, verdict } = broken.find(({ required }) => required) ?? broken[0];
  const sentence = verdict.anomalies[0]?.sentence ?? 'a violation';
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
  return doubts[0] ?? 'no checker was required to decide anything';
}

function scope({ plan, faults, counts }: Findings): string {
  const operations = counts.reduce((sum, { ok, fail, info }) => sum + ok + fail + info, 0);
  const names = plan.workloads.map(({ name }) => name);
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
  const effective = faults.filter((fault) => fault.effective).length;
  const under = faults.length === 0 ? 'without faults' : `under ${effective} effective faults of ${faults.length}`;
  return `${list} hold over ${operations.toLocaleString('en-US')} operations ${under}`;
}
