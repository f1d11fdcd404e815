import type { FaultRecord } from './faults.js';
import { type History, NEMESIS, NONE, OK } from './history.js';
import type { Json } from './operation.js';

/** Name of the nemesis' event that tells of a node which does not serve, once everything was healed and waited for. */
export const OUTAGE = 'outage';

/** A node that did not come back. */
export interface Outage {
  readonly node: string;
  /** Why it does not serve, in plain words. */
  readonly reason: string;
  /** What its database logged last. */
  readonly lastLines: readonly string[];
  /** When it answered a client last, ns; absent when it never did. */
  readonly lastOkTime?: number;
  /** Id of the fault that it did not come back from; absent where none hit it since it worked. */
  readonly fault?: number;
}

/** The outages that were recorded, joined with what the history tells of their nodes. */
export function outagesOf(history: History, faults: readonly FaultRecord[]): readonly Outage[] {
  const outages: Outage[] = [];
  for (let position = 0; position < history.length; position++) {
    if (history.columns.processes[position] !== NEMESIS) continue;
    const { f, value } = history.event(position);
    if (f !== OUTAGE || typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const { node, reason, lastLines } = value as Readonly<Record<string, Json>>;
    if (typeof node !== 'string') continue;
    const lastOkTime = lastOkOn(history, node);
    const fault = culprit(faults, node, lastOkTime);
    outages.push({
      node,
      reason: typeof reason === 'string' ? reason : 'not known',
      lastLines: Array.isArray(lastLines) ? lastLines.filter((line): line is string => typeof line === 'string') : [],
      ...(lastOkTime !== undefined && { lastOkTime }),
      ...(fault !== undefined && { fault: fault.id }),
    });
  }
  return outages;
}

function lastOkOn({ columns, length }: History, node: string): number | undefined {
  const { types, nodes, nodeNames, processes, times } = columns;
  const wanted = nodeNames.indexOf(node);
  if (wanted === NONE) return undefined;
  for (let position = length - 1; position >= 0; position--) {
    if (types[position] === OK && nodes[position] === wanted && processes[position] !== NEMESIS) return times[position];
  }
  return undefined;
}

/** The first fault on the node that was over or in place when it had answered for the last time: later ones hit a dead node. */
function culprit(faults: readonly FaultRecord[], node: string, lastOkTime = 0): FaultRecord | undefined {
  const hits = faults.filter(({ nodes }) => nodes.includes(node));
  const endOf = ({ healedTime = Number.POSITIVE_INFINITY }: FaultRecord) => healedTime;
  return hits.find((fault) => endOf(fault) >= lastOkTime) ?? hits.at(-1);
}
