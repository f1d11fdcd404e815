import type { History } from '../../history/history.js';
import { recordedPlan } from '../recorded-plan.js';
import type { Plan } from '../../run/plan.js';
import { keysOf } from './operations.js';

/** What a plan takes to fail. */
export interface Size {
  readonly faults: number;
  /** Warm-up and faults together. */
  readonly ms: number;
  readonly keys: number;
  /** That do anything. */
  readonly clients: number;
  readonly operations: number;
  readonly nodes: number;
}

export function sizeOf(plan: Plan, history: History): Size {
  const operations = plan.operations ?? recordedPlan(plan, history).operations!;
  return {
    faults: plan.schedule.length,
    ms: plan.warmUpMs + plan.timeLimitMs,
    keys: new Set(operations.flatMap(keysOf)).size,
    clients: new Set(operations.map(({ thread }) => thread)).size,
    operations: operations.length,
    nodes: plan.system.nodes,
  };
}

/** `1 fault, 0.8 s, 2 clients, 3 operations on 1 key, 3 nodes` */
export function sizeText({ faults, ms, keys, clients, operations, nodes }: Size): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const on = keys === 0 ? '' : ` on ${count(keys, 'key')}`;
  const work = `${count(clients, 'client')}, ${count(operations, 'operation')}${on}`;
  return `${count(faults, 'fault')}, ${(ms / 1000).toFixed(1)} s, ${work}, ${count(nodes, 'node')}`;
}
