import type { FaultRecord } from '../../harness/history/faults.js';
import type { Json } from '../../harness/history/operation.js';
import type { CheckerResult } from '../../harness/run/plan.js';
import { inline } from '../text.js';
import { checkName, type View } from '../view.js';
import type { EmbeddedFault, EmbeddedLeaders, EmbeddedReport, EmbeddedStanding } from './wire.js';

/** What the page's script needs besides the operations themselves. */
export function embedded(view: View): EmbeddedReport {
  const { results, timed, durationNs, selection, aggregates, anomalies } = view;
  return {
    timed,
    durationNs,
    operations: { total: selection.total, embedded: selection.positions.length },
    phases: results.phases,
    faults: results.faults.map((fault) => embeddedFault(fault, durationNs)),
    leaders: leadersOf(results.faults),
    anomalies: anomalies.map(({ number, anomaly, operations, followsFrom }) => ({
      number,
      ...(followsFrom !== undefined && { followsFrom }),
      sentence: inline(anomaly.sentence, 400),
      operations: operations.map(({ index }) => index),
      ...(anomaly.proven !== undefined && { proven: anomaly.proven }),
      ...(anomaly.unproven !== undefined && { unproven: inline(anomaly.unproven, 400) }),
    })),
    standing: results.checks.flatMap((check) => standingIn(check)),
    aggregates,
  };
}

function standingIn(check: CheckerResult): EmbeddedStanding[] {
  const { details, validity } = check.verdict;
  const models = (told: Json | undefined) => (Array.isArray(told) ? told.map((name) => inline(String(name), 60)) : []);
  const [strongest, not, alsoNot] = [models(details['strongest']), models(details['not']), models(details['alsoNot'])];
  if (validity === 'unknown' || strongest.length + not.length + alsoNot.length === 0) return [];
  return [{ check: inline(checkName(check), 120), strongest, not, alsoNot }];
}

function embeddedFault(fault: FaultRecord, durationNs: number): EmbeddedFault {
  return {
    id: fault.id,
    kind: inline(fault.kind, 60),
    description: inline(fault.description, 300),
    nodes: fault.nodes.map((node) => inline(node, 60)),
    requestedTime: fault.requestedTime,
    startTime: fault.injectedTime ?? fault.requestedTime,
    endTime: fault.healedTime ?? durationNs,
    effective: fault.effective,
  };
}

/** Every moment at which the leaders were asked for, in order of time. */
function leadersOf(faults: readonly FaultRecord[]): EmbeddedLeaders[] {
  return faults
    .flatMap((fault) => [
      { time: fault.injectedTime ?? fault.requestedTime, nodes: fault.leadersBefore },
      ...(fault.healedTime === undefined ? [] : [{ time: fault.healedTime, nodes: fault.leadersAfter }]),
    ])
    .map(({ time, nodes }) => ({ time, nodes: nodes.map((node) => inline(node, 60)) }))
    .sort((a, b) => a.time - b.time);
}
