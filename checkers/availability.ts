import { faultsOf, phasesOf } from '../harness/history/faults-of.js';
import type { FaultRecord } from '../harness/history/faults.js';
import { type Outage, outagesOf } from '../harness/history/outages.js';
import type { Anomaly, Checker } from './checker.js';
import { seconds, verdictOf } from './verdict.js';

/**
 * Did every node serve again once everything was healed? A node that did not is a finding of its own, `unavailable`, and
 * no violation: no consistency model promises that a node comes back, and after some faults (a damaged file) nobody
 * could. But a run whose cluster stayed broken has shown too little to be called valid. Sees the whole history.
 */
export const availability: Checker = {
  name: 'availability',
  summary: 'every node serves again after the faults; one that does not is told with its last log lines',
  observes: 'run',
  check(history) {
    const faults = faultsOf(history);
    const found = outagesOf(history, faults).map((outage) => unavailable(outage, faults));
    const asked = phasesOf(history).some(({ name }) => name === 'recovery');
    const reason = found.length > 0 ? found.map(({ sentence }) => sentence).join('; ') : unasked(asked);
    return verdictOf({
      anomalies: [],
      allowed: found,
      ...(reason !== undefined && { undecided: reason }),
      details: { unavailable: found.length },
      checked: asked ? ['each node serves again, once every fault was healed and waited for'] : [],
      notChecked: asked ? [] : ['whether nodes came back: nobody looked'],
    });
  },
};

function unasked(asked: boolean): string | undefined {
  return asked ? undefined : 'the history ends before anybody looked whether every node had come back';
}

function unavailable(outage: Outage, faults: readonly FaultRecord[]): Anomaly {
  const { node, reason, lastOkTime, lastLines } = outage;
  const fault = faults.find(({ id }) => id === outage.fault);
  const after = fault === undefined ? '' : ` after fault ${fault.id}, ${fault.kind} (${fault.description})`;
  const since = lastOkTime === undefined ? 'it never answered a client' : `last answer at ${seconds(lastOkTime)}`;
  return {
    kind: 'unavailable',
    sentence: `${node} did not come back${after}: ${reason}; ${since}`,
    operations: [],
    ...(lastLines.length > 0 && { explanation: [`What ${node} logged last:`, ...lastLines] }),
    details: {
      node,
      reason,
      ...(lastOkTime !== undefined && { lastOkTime }),
      ...(fault !== undefined && { fault: fault.id }),
    },
  };
}
