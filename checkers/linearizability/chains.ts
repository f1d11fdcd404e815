import type { Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { CAS, INITIAL, READ, type RegisterOperations } from './registers.js';
import { readBeforeWritten, sweepZones, zonesOf, type Contradiction } from './zones.js';

/** How cas operations tie values together: `a` and what a cas made of it stand next to each other in every order. */
export interface Chains {
  /** Value that the cas from a value wrote, or −1. */
  readonly next: Int32Array;
  /** First value of the chain a value belongs to, by value. */
  readonly rootOf: Int32Array;
  /** Zone of each chain, at its root. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export type ChainResult = Contradiction | Chains;

export function isContradiction(result: ChainResult): result is Contradiction {
  return 'event' in result;
}

/**
 * Linearizability of a read/write/cas register in which every new value is distinct, in linear time (Gibbons & Korach
 * 1997, known read mapping; the shape of every versioned store). A cas a→b comes directly after the reads of a, so
 * values form chains: a write, its reads, the cas, its reads… Inside a chain everything is ordered; whole chains are
 * then clusters like those of the plain register. Unknown updates must have been closed or dropped by `prepare`.
 */
export function checkChains(operations: RegisterOperations, deadline?: Deadline): ChainResult {
  const { values } = operations;
  const zones = zonesOf(operations, deadline);
  const early = readBeforeWritten(operations, zones);
  if (early !== undefined) return early;
  const linked = link(operations, deadline);
  if ('event' in linked) return linked;
  const rootOf = new Int32Array(values).fill(-1);
  const first = zones.first.slice();
  const last = zones.last.slice();
  for (let root = 0; root < values; root++) {
    if ((root & 0xffff) === 0) deadline?.check();
    if (linked.previous[root] !== -1) continue;
    const wrong = walk(root, linked, rootOf, first, last);
    if (wrong !== undefined) return wrong;
  }
  const loop = rootOf.indexOf(-1);
  if (loop !== -1) return { event: zones.first[loop], values: cycleFrom(loop, linked.next) };
  return sweepZones(operations, first, last, rootOf, deadline) ?? { next: linked.next, rootOf, first, last };
}

interface Links {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** By value: invocation and return of its writer, and over its reads the latest invocation and earliest return. */
  readonly writerCall: Int32Array;
  readonly writerReturn: Int32Array;
  readonly readCall: Int32Array;
  readonly readReturn: Int32Array;
}

function link(operations: RegisterOperations, deadline: Deadline | undefined): Links | Contradiction {
  const { count, kinds, from, to, calls, returns, values } = operations;
  const links = {
    next: new Int32Array(values).fill(-1),
    previous: new Int32Array(values).fill(-1),
    writerCall: new Int32Array(values).fill(-1),
    writerReturn: new Int32Array(values).fill(NEVER),
    readCall: new Int32Array(values).fill(-1),
    readReturn: new Int32Array(values).fill(NEVER),
  };
  const written = new Uint8Array(values);
  written[INITIAL] = 1;
  for (let op = 0; op < count; op++) if (kinds[op] !== READ) written[to[op]] = 1;
  for (let op = 0; op < count; op++) {
    if ((op & 0xffff) === 0) deadline?.check();
    if (kinds[op] === READ) {
      const value = from[op];
      if (calls[op] > links.readCall[value]) links.readCall[value] = calls[op];
      if (returns[op] < links.readReturn[value]) links.readReturn[value] = returns[op];
      continue;
    }
    const value = to[op];
    links.writerCall[value] = calls[op];
    links.writerReturn[value] = returns[op];
    if (kinds[op] !== CAS) continue;
    // A value comes once and is changed once: by the first cas from it.
    const source = from[op];
    const other = links.next[source];
    if (other !== -1)
      return { event: Math.max(returns[op], links.writerReturn[other]), values: [source, other, value] };
    if (written[source] === 0) return { event: returns[op], values: [source, value] };
    links.next[source] = value;
    links.previous[value] = source;
  }
  return links;
}

/** Walks one chain: nothing later in it may return before something earlier in it is invoked. */
function walk(
  root: number,
  links: Links,
  rootOf: Int32Array,
  first: Int32Array,
  last: Int32Array,
): Contradiction | undefined {
  let latestCall = -1;
  for (let value = root; value !== -1; value = links.next[value]) {
    rootOf[value] = root;
    if (links.writerReturn[value] < latestCall) return within(root, value, links);
    latestCall = Math.max(latestCall, links.writerCall[value]);
    if (links.readReturn[value] < latestCall) return within(root, value, links);
    latestCall = Math.max(latestCall, links.readCall[value]);
    if (value === root) continue;
    if (first[value] < first[root]) first[root] = first[value];
    if (last[value] > last[root]) last[root] = last[value];
  }
  return undefined;
}

/** The stretch of a chain from the latest link that was invoked too late for `value`. */
function within(root: number, value: number, links: Links): Contradiction {
  const soonest = Math.min(links.writerReturn[value], links.readReturn[value]);
  let stretch: number[] = [];
  let event = soonest;
  for (let at = root; ; at = links.next[at]) {
    const call = Math.max(links.writerCall[at], links.readCall[at]);
    if (at !== value && call > soonest) {
      event = call;
      stretch = [];
    }
    stretch.push(at);
    if (at === value) return { event, values: stretch };
  }
}

function cycleFrom(start: number, next: Int32Array): number[] {
  const cycle: number[] = [];
  for (let value = start; value !== -1 && !cycle.includes(value); value = next[value]) cycle.push(value);
  return cycle;
}
