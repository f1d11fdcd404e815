import { closes, cyclic, type Edge } from '../graph.js';
import type { Dependencies } from './dependencies.js';

/** Which transactions precede others by time alone. */
export type TimeOrder = 'none' | 'process' | 'realtime';

/** Dependencies with orders of versions chosen, and what time orders. */
export interface Situation extends Dependencies {
  readonly time: readonly Edge[];
}

/** A consistency model as what no execution under it shows. */
export interface Level {
  readonly time: TimeOrder;
  forbids(situation: Situation): boolean;
}

const plain = (edges: Situation['wr']) => edges.map(({ edge }) => edge);

/** Each must have committed before the other. */
function dependencies({ ww, wr, seen, time }: Situation): Edge[] {
  return [...plain(ww), ...plain(wr), ...seen, ...time];
}

const dirty = (situation: Situation) => cyclic(situation.nodes, dependencies(situation));

/** Adya's PL-1: writes alone. */
const uncommitted = ({ nodes, ww, time }: Situation) => cyclic(nodes, [...plain(ww), ...time]);

/** One moment each (Adya's PL-3). */
const serial = (situation: Situation) => cyclic(situation.nodes, [...dependencies(situation), ...plain(situation.rw)]);

/** Two moments each, that of the snapshot and that of the commit: who depends on another starts after it committed. */
const snapshots = (situation: Situation) => {
  const own = Array.from({ length: situation.nodes }, (_, node): Edge => [2 * node, 2 * node + 1]);
  const after = dependencies(situation).map(([from, to]): Edge => [2 * from + 1, 2 * to]);
  const before = plain(situation.rw).map(([from, to]): Edge => [2 * from, 2 * to + 1]);
  return cyclic(2 * situation.nodes, [...own, ...after, ...before]);
};

/** Nobody misses a write of one that it depends on by any chain (PL-2+; parallel snapshot isolation, Cerone and Gotsman). */
const chains = (situation: Situation) =>
  dirty(situation) || closes(situation.nodes, dependencies(situation), plain(situation.rw));

/** The axioms of Biswas and Enea (OOPSLA 2019), with the order of versions part of the order of commits. */
const reads = ({ wr, time }: Situation) => [...plain(wr), ...time];

const prefix = (situation: Situation) => {
  const missed = reads(situation).flatMap(([from, to]) =>
    plain(situation.rw)
      .filter(([reader]) => reader === to)
      .map(([, writer]): Edge => [from, writer]),
  );
  return (
    dirty(situation) ||
    missed.some(([from, to]) => from === to) ||
    cyclic(situation.nodes, [...dependencies(situation), ...missed])
  );
};

const causal = (situation: Situation) =>
  dirty(situation) || closes(situation.nodes, reads(situation), plain(situation.rw));

/** Nobody misses a write of one from which it read (or after which it comes). */
const atomic = (situation: Situation) => dirty(situation) || back(reads(situation), plain(situation.rw));

/** The same within a transaction: later reads keep up with earlier ones. */
const monotonic = (situation: Situation) =>
  dirty(situation) ||
  back(situation.time, plain(situation.rw)) ||
  situation.wr.some(({ edge: [writer, reader], at }) =>
    situation.rw.some(({ edge: [from, to], at: later }) => from === reader && to === writer && later > at),
  );

/** Of two writers of a key, the later has seen the earlier. */
const conflicts = ({ ww, rw }: Situation) =>
  ww.some((first) => rw.some(({ edge: [from, to] }) => first.edge[0] === to && first.edge[1] === from));

const lostUpdate = ({ ww, rw }: Situation) =>
  ww.some((first) =>
    rw.some(({ edge: [from, to], key }) => key === first.key && first.edge[0] === to && first.edge[1] === from),
  );

function back(there: readonly Edge[], again: readonly Edge[]): boolean {
  return there.some(([from, to]) => again.some(([reader, writer]) => reader === to && writer === from));
}

const level = (time: TimeOrder, forbids: Level['forbids']): Level => ({ time, forbids });

export const LEVELS: Readonly<Record<string, Level>> = {
  'read-uncommitted': level('none', uncommitted),
  'strong-session-read-uncommitted': level('process', uncommitted),
  'strong-read-uncommitted': level('realtime', uncommitted),
  'read-committed': level('none', dirty),
  'strong-session-read-committed': level('process', dirty),
  'strong-read-committed': level('realtime', dirty),
  'cursor-stability': level('none', (situation) => dirty(situation) || lostUpdate(situation)),
  'monotonic-atomic-view': level('none', monotonic),
  'read-atomic': level('none', atomic),
  'update-atomic': level('none', (situation) => atomic(situation) || conflicts(situation)),
  'causal-cerone': level('none', causal),
  prefix: level('none', prefix),
  'parallel-snapshot-isolation': level('none', chains),
  'consistent-view': level('none', chains),
  'snapshot-isolation': level('none', snapshots),
  'strong-session-snapshot-isolation': level('process', snapshots),
  'strong-snapshot-isolation': level('realtime', snapshots),
  'repeatable-read': level('none', serial),
  serializable: level('none', serial),
  'strong-session-serializable': level('process', serial),
  'strict-serializable': level('realtime', serial),
};
