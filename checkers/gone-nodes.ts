import { faultsOf } from '../harness/history/faults-of.js';
import type { FaultRecord } from '../harness/history/faults.js';
import { type History, INVOKE, NEMESIS, OK } from '../harness/history/history.js';
import type { Anomaly, Checker } from './checker.js';
import { Moments } from './moments.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, who } from './verdict.js';

/** A thread that was on its way when the signal came, or an answer on the wire, is over within this time. */
const SETTLING_NS = 1e9;

/** Faults that neither start nor stop processes: beside them a node that is gone stays gone. */
const HARMLESS = ['partition', 'flapping', 'loss', 'slow', 'delay', 'reorder', 'duplicate', 'clock'];

/**
 * Nobody answers for a node while its processes are proven gone (killed, or without power) or stopped. An operation on that
 * node that begins and is acknowledged within such a time was not answered by that node: the client does not talk to the
 * node that it names, or answers without asking. That is no violation, but what the run shows of that node is not known,
 * so the run is inconclusive. Sees the whole history.
 *
 * Only times that the evidence covers count: from a second after the fault was in place until its healing was asked for,
 * where nothing else that may have started the node's processes went on.
 */
export const goneNodes: Checker = {
  name: 'gone-nodes',
  summary: 'no operation is acknowledged on a node whose processes are proven gone or stopped all the while',
  observes: 'run',
  check(history) {
    const absences = absencesOf(history);
    const found = absences.map((absence) => ({ absence, completions: answersWithin(history, absence) }));
    const impossible = found.filter(({ completions }) => completions.length > 0);
    const count = impossible.reduce((sum, { completions }) => sum + completions.length, 0);
    const anomalies = impossible
      .slice(0, SHOWN_ANOMALIES)
      .map(({ absence, completions }) => answeredWhileGone(history, absence, completions));
    const reason =
      `${count} ${count === 1 ? 'operation was' : 'operations were'} acknowledged on nodes that were proven gone: ` +
      'the clients do not talk to the nodes that they name, or answer without asking';
    return verdictOf({
      anomalies: [],
      allowed: anomalies,
      ...(count > 0 && { undecided: `${reason}. ${anomalies[0].sentence}` }),
      details: { absences: absences.length, acknowledged: count },
      checked:
        absences.length > 0
          ? [`nothing is acknowledged on a node while it is proven gone or stopped (${absences.length} times)`]
          : [],
      notChecked: absences.length > 0 ? [] : ['answers of nodes that were gone: no fault proved one gone for a second'],
    });
  },
};

/** A time in which a node cannot have answered. Times in ns. */
interface Absence {
  readonly node: string;
  readonly fault: FaultRecord;
  readonly startTime: number;
  readonly endTime: number;
}

function absencesOf(history: History): readonly Absence[] {
  const faults = faultsOf(history);
  const asked = healingAsked(history);
  return faults.flatMap((fault) => {
    const endTime = asked.get(fault.id);
    // Without its healing there is no evidence either: that is measured as healing begins.
    if (fault.injectedTime === undefined || endTime === undefined) return [];
    const startTime = fault.injectedTime + SETTLING_NS;
    if (startTime >= endTime) return [];
    return fault.nodes
      .filter((node) => isProvenGone(fault, node) && !isStirred(node, fault, endTime, faults))
      .map((node) => ({ node, fault, startTime, endTime }));
  });
}

/** By id of the fault: when its healing was first asked for. */
function healingAsked(history: History): ReadonlyMap<number, number> {
  const { types, processes, functions, times } = history.columns;
  const heal = history.functionId('heal');
  const asked = new Map<number, number>();
  for (let at = 0; at < history.length; at++) {
    if (processes[at] !== NEMESIS || functions[at] !== heal || types[at] !== INVOKE) continue;
    const { id } = (history.value(at) ?? {}) as { readonly id?: unknown };
    if (typeof id === 'number' && !asked.has(id)) asked.set(id, times[at]);
  }
  return asked;
}

/** By what was measured of the node's processes. A fault that names some of them only says nothing of the whole node. */
function isProvenGone({ kind, evidence, options }: FaultRecord, node: string): boolean {
  if (options?.['process'] !== undefined) return false;
  const of = (what: string) => evidence.find((each) => each.what === `${what} of ${node}`);
  const hasBit = (what: string) => of(what)?.bit === true;
  switch (kind) {
    case 'kill':
      // Something that brings processes back by itself shows as a replacement.
      return hasBit('processes') && hasBit('end') && !of('end')!.measured.includes('replaced');
    case 'power-loss':
      return hasBit('processes') && hasBit('disk');
    case 'pause':
      return hasBit('process state') || hasBit('freezer');
    default:
      return false;
  }
}

/** Whether another fault that may start or move the node's processes went on at the same time. */
function isStirred(node: string, fault: FaultRecord, endTime: number, faults: readonly FaultRecord[]): boolean {
  return faults.some(
    (other) =>
      other !== fault &&
      !HARMLESS.includes(other.kind) &&
      // One that names no nodes may concern them all.
      (other.nodes.length === 0 || other.nodes.includes(node) || other.kind === 'backup-restore') &&
      other.requestedTime <= endTime &&
      (other.healedTime ?? Number.POSITIVE_INFINITY) >= fault.requestedTime,
  );
}

/** Completions of what was asked and acknowledged within. */
function answersWithin(history: History, { node, startTime, endTime }: Absence): readonly number[] {
  const { types, processes, nodes, nodeNames, pairs, times, length } = history.columns;
  const wanted = nodeNames.indexOf(node);
  const found: number[] = [];
  for (let at = 0; at < length && times[at] < endTime; at++) {
    if (types[at] !== OK || nodes[at] !== wanted || processes[at] === NEMESIS || pairs[at] < 0) continue;
    if (times[pairs[at]] > startTime) found.push(at);
  }
  return found;
}

function answeredWhileGone(history: History, { node, fault }: Absence, completions: readonly number[]): Anomaly {
  const { pairs, functionNames, functions } = history.columns;
  const [first] = completions;
  const moments = new Moments(history);
  const others = completions.length === 1 ? '' : `, as were ${completions.length - 1} more`;
  return {
    kind: 'answered-while-gone',
    sentence:
      `The ${functionNames[functions[first]]} by ${who(history, first)} was acknowledged ${moments.at(first)}${others}, ` +
      `though ${node} cannot have answered: fault ${fault.id} (${fault.description}) was put in place ` +
      `${moments.atTime(fault.injectedTime ?? 0)} and proven by ${provenBy(fault, node)}`,
    operations: indicesOf(
      history,
      completions.slice(0, SHOWN_ANOMALIES).flatMap((at) => [pairs[at], at]),
    ),
    details: { node, fault: fault.id, operations: completions.length },
  };
}

function provenBy({ evidence }: FaultRecord, node: string): string {
  return evidence
    .filter(({ what, bit }) => bit && what.endsWith(` of ${node}`))
    .map(({ what, measured }) => `${what}: ${measured}`)
    .join('; ');
}
