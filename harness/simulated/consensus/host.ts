import type { Behaviour } from '../behaviour.js';
import type { Lineage } from '../state/lineage.js';
import type { TablesEffect } from '../state/tables.js';
import type { Raft } from './raft.js';

/** What consensus needs of the node it runs on. */
export interface Host {
  readonly id: number;
  /** Most nodes there can ever be. */
  readonly places: number;
  readonly behaviour: Behaviour;
  /** Of the tables of all nodes. */
  readonly lineage: Lineage<TablesEffect>;
  /** The node's own clock, ns. */
  clockNs(): number;
  /** The time of day as the node believes it to be, ns: for whoever compares it with that of others. */
  wallNs(): number;
  worldNs(): number;
  /** Uniform integer below the bound. */
  draw(bound: number): number;
  /** After so many ns of the node's clock, unless the process died meanwhile. */
  later(delayNs: number, run: () => void): void;
  send(to: number, receive: (peer: Raft) => void): void;
  /** Somebody else leads, or nobody does. */
  leaderChanged(): void;
  /** A line of the node's log file. */
  note(line: string): void;
}
