import { CLIENTS } from '../../../docker/system.js';
import type { Network } from '../network.js';
import type { Node } from '../server/node.js';
import type { World } from '../world.js';

/** What faults act upon. */
export interface Ground {
  readonly world: World;
  readonly network: Network;
  /** Everything there ever was, by number. */
  readonly nodes: readonly Node[];
  readonly names: readonly string[];
  /** The process of a node died: those who talk to it are told. */
  died(node: Node): void;
  /** Those who follow the log files of all nodes. */
  readonly followers: Set<(node: string, line: string) => void>;
  /** A new machine of that name, with an empty disk and no database running. */
  provide(name: string): Node;
  address(node: Node): string;
  volume(node: Node): string;
  /** Gives a node another address, and another volume where the old one is gone. */
  move(node: Node, volume: 'kept' | 'wiped'): void;
  /** The nodes that are part of the cluster as clients know it. */
  listed(): readonly Node[];
  /** Makes a node part of the cluster as clients know it, or no part of it. */
  list(node: Node, how: 'listed' | 'unlisted'): void;
}

/** From the start of a process until it serves. */
const STARTING_NS = 150e6;

export function nodeOf({ names, nodes }: Ground, name: string): Node {
  const at = names.indexOf(name);
  if (at < 0) throw new Error(`no node ${name}; the cluster has ${names.join(', ')}`);
  return nodes[at];
}

/** Number of a node, or of all clients together. */
export function placeOf(ground: Ground, endpoint: string): number {
  return endpoint === CLIENTS ? ground.network.clients : nodeOf(ground, endpoint).id;
}

/** Starts the process of a node where it has none. */
export function start({ world }: Ground, node: Node): Promise<void> {
  return world.answer((resolve) =>
    world.in(STARTING_NS, () => {
      if (node.process === 'dead' && node.powered) node.start();
      resolve();
    }),
  );
}

/** Takes no time. */
export async function done<T>(work: () => T): Promise<T> {
  return work();
}
