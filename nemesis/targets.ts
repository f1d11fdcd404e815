import type { FaultRequest } from '../harness/history/faults.js';
import { boundsOf, eventually, within } from './bounded.js';
import type { Evidence } from '../harness/history/faults.js';
import type { NemesisContext } from './nemesis.js';

/** Where the front of the order comes from: the seed alone, or whoever leads when the fault is injected. */
export type Aim = 'anyone' | 'leader' | 'non-leader';

/** A strategy for choosing nodes: how many, of which order. */
export interface Target {
  readonly aim: Aim;
  readonly minNodes: number;
  /** How many nodes of a cluster of this size. */
  count(nodes: number): number;
}

export const majorityOf = (nodes: number): number => Math.floor(nodes / 2) + 1;
/** The largest number of nodes without which a majority is left. */
export const minorityOf = (nodes: number): number => nodes - majorityOf(nodes);

export const TARGETS: Readonly<Record<string, Target>> = {
  one: { aim: 'anyone', minNodes: 1, count: () => 1 },
  minority: { aim: 'anyone', minNodes: 3, count: minorityOf },
  majority: { aim: 'anyone', minNodes: 2, count: majorityOf },
  all: { aim: 'anyone', minNodes: 1, count: (nodes) => nodes },
  leader: { aim: 'leader', minNodes: 1, count: () => 1 },
  'non-leader': { aim: 'non-leader', minNodes: 2, count: () => 1 },
};

/** Names of the strategies that make sense at this many nodes. */
export function fitting(strategies: Readonly<Record<string, { readonly minNodes: number }>>, nodes: number): string[] {
  return Object.keys(strategies).filter((name) => strategies[name].minNodes <= nodes);
}

/** The strategy of that name, or an error that lists those there are. */
export function strategy<T>(strategies: Readonly<Record<string, T>>, { kind, target }: FaultRequest): T {
  if (Object.hasOwn(strategies, target)) return strategies[target];
  throw new Error(`nemesis ${kind} has no target ${target}; it has ${Object.keys(strategies).join(', ')}`);
}

/** An order to take nodes from, and what was known of the leader when it was made. */
export interface Sight {
  readonly order: readonly string[];
  readonly leadersBefore: readonly string[];
  /** That the leader was there to aim at, where one was asked for. */
  readonly evidence: readonly Evidence[];
}

/** Nodes that were chosen by a strategy, and what was known of the leader then. */
export interface Chosen extends Omit<Sight, 'order'> {
  readonly nodes: readonly string[];
}

/** The nodes that the request's strategy hits, in natural order. */
export async function choose(
  strategies: Readonly<Record<string, Target>>,
  request: FaultRequest,
  context: NemesisContext,
): Promise<Chosen> {
  const { aim, count } = strategy(strategies, request);
  const { order, ...seen } = await takeAim(aim, request, context);
  return { ...seen, nodes: byName(order.slice(0, count(order.length))) };
}

/** The request's order, with the leader first, or without any leader, where the strategy aims so. */
export async function takeAim(aim: Aim, asked: FaultRequest, context: NemesisContext): Promise<Sight> {
  const request = { ...asked, order: presentOrder(asked.order, context) };
  const { leaderMs } = boundsOf(context);
  const leadersBefore =
    aim === 'anyone' ? await leadersNow(context) : await someLeader(leaderMs, request.order, context);
  context.signal?.throwIfAborted();
  if (aim === 'anyone') return { order: request.order, leadersBefore, evidence: [] };

  const leads = (node: string) => leadersBefore.includes(node);
  const leader = request.order.find(leads);
  const others = request.order.filter((node) => node !== leader);
  const wanted = aim === 'leader' ? leader : others.find((node) => !leads(node));
  const order = wanted === undefined ? request.order : [wanted, ...request.order.filter((node) => node !== wanted)];
  return {
    order,
    leadersBefore,
    evidence: [
      {
        what: 'leader when the fault was aimed',
        expected: `a leader, to ${aim === 'leader' ? 'hit' : 'spare'} it`,
        measured:
          leader === undefined
            ? `none within ${leaderMs} ms; ${order[0]} was taken`
            : `led: ${leadersBefore.join(' ')}`,
        // Without a leader the fault below still happens, but it is not the one that was asked for.
        bit: leader !== undefined && wanted !== undefined,
      },
    ],
  };
}

/** Who believes to lead; nobody when the cluster cannot be asked. */
export async function leadersNow(context: NemesisContext): Promise<readonly string[]> {
  const bounds = boundsOf(context);
  try {
    return byName(await within(bounds.callMs, 'asking for the leader', context.cluster.primaries(), bounds));
  } catch {
    return [];
  }
}

/** Right after an earlier fault nobody may lead yet; an election takes a second or two. */
function someLeader(leaderMs: number, order: readonly string[], context: NemesisContext): Promise<readonly string[]> {
  const known = (leaders: readonly string[]) => leaders.some((leader) => order.includes(leader));
  const decided = (leaders: readonly string[]) => known(leaders) || context.signal?.aborted === true;
  return eventually(leaderMs, boundsOf(context), () => leadersNow(context), decided);
}

/** The order as far as its nodes are there now, then those that joined since the plan was made. */
function presentOrder(order: readonly string[], { cluster }: NemesisContext): readonly string[] {
  const names = cluster.nodes.map((node) => node.name);
  const present = order.filter((node) => names.includes(node));
  if (present.length > 0) return [...present, ...byName(names.filter((node) => !order.includes(node)))];
  throw new Error(`the fault's order is ${order.join(' ') || 'empty'}, the cluster's nodes are ${names.join(' ')}`);
}

/** Names in natural order: n2 before n10. */
export function byName(names: readonly string[]): string[] {
  return [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
