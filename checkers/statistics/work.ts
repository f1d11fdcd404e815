import { type History, NEMESIS, NONE, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { isObject } from '../values.js';

/** What the harness read from the nodes' counters at one moment between two phases. */
interface Mark {
  readonly position: number;
  /** When the nodes were asked; they answered between then and the mark. ns. */
  readonly askedTime: number;
  readonly error?: string;
  readonly nodes: ReadonlyMap<string, { readonly packets?: number; readonly strange: readonly string[] }>;
}

/** Between two marks, on one node. */
interface Share {
  acknowledged: number;
  packets: number;
}

export interface WorkFindings {
  /** Why the run proves less than it should. */
  readonly reasons: readonly string[];
  /** One row a node that was compared. */
  readonly details: readonly Json[];
  /** Whether anything was counted at all. */
  readonly counted: boolean;
}

/**
 * Proof of work: an operation that a node acknowledged has to have reached it, in a packet at least, since a session has
 * one request under way. Counted are operations invoked after one reading of the counters and completed before the next
 * began, so that none is held against a reading that came too early for it. Also tells where somebody else meddled.
 */
export function workFindings(history: History): WorkFindings {
  const marks = marksOf(history);
  const acknowledged = acknowledgedBetween(history, marks);
  const [compared, short] = [new Map<string, Share>(), new Map<string, Share>()];
  const reasons: string[] = [];
  for (const [at, next] of marks.slice(1).entries()) {
    for (const [node, { packets: now }] of next.nodes) {
      const before = marks[at].nodes.has(node) ? marks[at].nodes.get(node)!.packets : 0;
      if (now === undefined || before === undefined) continue;
      if (now < before) {
        reasons.push(
          `the count of packets that reached ${node} went back from ${before} to ${now}: somebody else changed its firewall`,
        );
        continue;
      }
      const share = { acknowledged: acknowledged[at].get(node) ?? 0, packets: now - before };
      add(compared, node, share);
      if (share.packets < share.acknowledged) add(short, node, share);
    }
  }
  for (const [node, { acknowledged: count, packets }] of short) {
    const reached = packets === 1 ? '1 packet from clients' : `${packets} packets from clients`;
    reasons.push(
      `${node} acknowledged ${count} ${count === 1 ? 'operation' : 'operations'}, but only ${reached} reached it`,
    );
  }
  return {
    reasons: [...reasons, ...unread(marks), ...strangeRules(marks)],
    details: [...compared].sort(([a], [b]) => (a < b ? -1 : 1)).map(([node, share]) => ({ node, ...share })),
    counted: compared.size > 0,
  };
}

function add(sums: Map<string, Share>, node: string, { acknowledged, packets }: Share): void {
  const sum = sums.get(node) ?? { acknowledged: 0, packets: 0 };
  sums.set(node, { acknowledged: sum.acknowledged + acknowledged, packets: sum.packets + packets });
}

function marksOf(history: History): readonly Mark[] {
  const { processes, functions } = history.columns;
  const work = history.functionId('work');
  const marks: Mark[] = [];
  for (let position = 0; position < history.length; position++) {
    if (processes[position] !== NEMESIS || functions[position] !== work) continue;
    const value = history.value(position);
    if (!isObject(value) || typeof value['askedTime'] !== 'number') continue;
    const { askedTime, error, nodes } = value;
    marks.push({
      ...{ position, askedTime },
      ...(typeof error === 'string' && { error }),
      nodes: new Map(Array.isArray(nodes) ? nodes.flatMap(nodeOf) : []),
    });
  }
  return marks;
}

function nodeOf(value: Json): readonly (readonly [string, { packets?: number; strange: readonly string[] }])[] {
  if (!isObject(value) || typeof value['node'] !== 'string') return [];
  const { node, packets, strange } = value;
  const rules = Array.isArray(strange) ? strange.filter((rule): rule is string => typeof rule === 'string') : [];
  return [[node, { ...(typeof packets === 'number' && { packets }), strange: rules }]];
}

/** Acknowledged operations by node, between each mark and the next. One pass. */
function acknowledgedBetween(history: History, marks: readonly Mark[]): readonly ReadonlyMap<string, number>[] {
  const { processes, types, pairs, times, nodes, nodeNames } = history.columns;
  const intervals: Map<string, number>[] = [];
  for (let at = 0; at + 1 < marks.length; at++) {
    const counts = new Float64Array(nodeNames.length);
    const [from, { position: to, askedTime }] = [marks[at].position, marks[at + 1]];
    for (let position = from + 1; position < to && times[position] < askedTime; position++) {
      if (types[position] !== OK || processes[position] === NEMESIS) continue;
      const invocation = pairs[position];
      if (invocation === NONE || invocation < from || nodes[invocation] === NONE) continue;
      counts[nodes[invocation]]++;
    }
    intervals.push(new Map(nodeNames.map((name, id) => [name, counts[id]])));
  }
  return intervals;
}

const unread = (marks: readonly Mark[]) =>
  marks
    .filter(({ error }) => error !== undefined)
    .slice(0, 1)
    .map(({ error }) => `what reached the nodes could not be counted: ${error}`);

/** Each rule of each node once, with the moment at which it was seen first. */
function strangeRules(marks: readonly Mark[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const [at, { nodes }] of marks.entries()) {
    const when = at === 0 ? 'before the warm-up' : at === marks.length - 1 ? 'at the end' : 'after the faults';
    for (const [node, { strange }] of nodes) {
      for (const rule of strange) {
        const sentence = `somebody else changed the network of ${node}: ${rule}`;
        if (!seen.has(sentence)) seen.set(sentence, when);
      }
    }
  }
  return [...seen].map(([sentence, when]) => `${sentence} (seen ${when})`);
}
