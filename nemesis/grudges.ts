import { CLIENTS, type Link } from '../docker/system.js';
import { byName, majorityOf, minorityOf, type Aim } from './targets.js';

/** Who shall not hear whom (Jepsen's term), as directed links to cut. */
export interface Grudge {
  readonly links: readonly Link[];
  /** The nodes it is aimed at: the smaller side, or all where there are no sides. */
  readonly nodes: readonly string[];
  /** Plain words: `n1 n2 | n3 n4 n5 cut, both ways`. */
  readonly description: string;
}

/** A shape of partition. Pure: the same order gives the same grudge. */
export interface GrudgeShape {
  readonly aim: Aim;
  readonly minNodes: number;
  draw(order: readonly string[]): Grudge;
}

/** With an odd number of nodes halves are a majority and a minority; with an even one neither half is a majority. */
export const GRUDGES: Readonly<Record<string, GrudgeShape>> = {
  'random-halves': { aim: 'anyone', minNodes: 2, draw: (order) => split(order, Math.floor(order.length / 2)) },
  'majority-minority': { aim: 'anyone', minNodes: 3, draw: (order) => split(order, minorityOf(order.length)) },
  'isolate-one': { aim: 'anyone', minNodes: 2, draw: (order) => split(order, 1) },
  'isolate-leader': { aim: 'leader', minNodes: 2, draw: (order) => split(order, 1) },
  bridge: { aim: 'anyone', minNodes: 3, draw: bridge },
  'majorities-ring': { aim: 'anyone', minNodes: 3, draw: majoritiesRing },
  'one-way': { aim: 'anyone', minNodes: 2, draw: (order) => mute(order, Math.floor(order.length / 2)) },
  'mute-leader': { aim: 'leader', minNodes: 2, draw: (order) => mute(order, 1) },
  'deaf-leader': { aim: 'leader', minNodes: 2, draw: deaf },
  'clients-node': { aim: 'anyone', minNodes: 1, draw: (order) => fromClients(order, 1) },
  'clients-half': { aim: 'anyone', minNodes: 2, draw: (order) => fromClients(order, Math.floor(order.length / 2)) },
  region: { aim: 'anyone', minNodes: 2, draw: region },
};

/** The first `count` nodes against the rest. */
function split(order: readonly string[], count: number): Grudge {
  const [few, many] = [order.slice(0, count), order.slice(count)];
  return { links: bothWays(few, many), nodes: byName(few), description: `${list(few)} | ${list(many)} cut, both ways` };
}

/** Two sides that cannot hear each other, and one node that hears both. */
function bridge([middle, ...others]: readonly string[]): Grudge {
  const half = Math.floor(others.length / 2);
  const [left, right] = [others.slice(0, half), others.slice(half)];
  return {
    links: bothWays(left, right),
    nodes: byName([middle, ...others]),
    description: `${list(left)} | ${list(right)} cut, both ways; ${middle} hears both sides`,
  };
}

/**
 * Every node hears a majority, and no two nodes the same one. In the ring given by the order each node keeps its
 * nearest neighbours; where a majority is an even number of nodes, each also keeps one on the far side (an odd ring
 * has one node with two of those, as degrees must add up to an even number). All cuts are two-way: Jepsen's ring of
 * three is one-way, which over TCP separates everybody; here three nodes become a chain.
 */
function majoritiesRing(order: readonly string[]): Grudge {
  const n = order.length;
  const neighbours = majorityOf(n) - 1;
  const near = Math.floor(neighbours / 2);
  const across = Math.floor(n / 2);
  const keeps = (a: number, b: number) =>
    b - a <= near || n - (b - a) <= near || (neighbours % 2 === 1 && b - a === across);
  const pairs: [string, string][] = [];
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) if (!keeps(a, b)) pairs.push([order[a], order[b]]);
  }
  const cuts = pairs.map((pair) => byName(pair).join('–'));
  return {
    links: pairs.flatMap(([a, b]) => bothWays([a], [b])),
    nodes: byName(order),
    description: `${byName(cuts).join(' ')} cut, both ways; every node hears a different majority`,
  };
}

/** The first `count` nodes cannot be heard by the rest, and hear it. */
function mute(order: readonly string[], count: number): Grudge {
  const [silent, rest] = [order.slice(0, count), order.slice(count)];
  const description = `${list(silent)} → ${list(rest)} cut, one way`;
  return { links: between(silent, rest), nodes: byName(silent), description };
}

/** The first node is heard by the rest, and hears nothing from it. */
function deaf([node, ...rest]: readonly string[]): Grudge {
  return { links: between(rest, [node]), nodes: [node], description: `${list(rest)} → ${node} cut, one way` };
}

/** The first `count` nodes, which their peers reach and no client does. */
function fromClients(order: readonly string[], count: number): Grudge {
  const nodes = byName(order.slice(0, count));
  return { links: bothWays([CLIENTS], nodes), nodes, description: `${CLIENTS} | ${list(nodes)} cut, both ways` };
}

/** A region that is lost: half of the nodes, which neither the other half nor any client reaches. */
function region(order: readonly string[]): Grudge {
  const half = Math.floor(order.length / 2);
  const { links } = split(order, half);
  const { nodes, links: toClients } = fromClients(order, half);
  const description = `${list(nodes)} | ${list(order.slice(half))} ${CLIENTS} cut, both ways`;
  return { links: [...links, ...toClients], nodes, description };
}

function between(from: readonly string[], to: readonly string[]): Link[] {
  return from.flatMap((a) => to.map((b) => ({ from: a, to: b })));
}

const bothWays = (left: readonly string[], right: readonly string[]): Link[] => [
  ...between(left, right),
  ...between(right, left),
];

const list = (nodes: readonly string[]): string => byName(nodes).join(' ');
