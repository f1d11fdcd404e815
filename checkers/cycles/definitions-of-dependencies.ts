import type { Json } from '../../harness/history/operation.js';
import { noOrder, realTime, sessions, type Before, type SmallTransaction } from './brute-force.js';
import type { Definition } from './definitions.js';
import { elementsOf, finalWrite, permutations, writesOf, type SmallWorld } from './small-world.js';

/** A direct dependency (Adya): `event` is that of `to` (wr, ww) or of `from` (rw). */
interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: 'ww' | 'wr' | 'rw' | 'time';
  readonly key: number;
  readonly event: number;
}

/** Writers of each key in the order of their versions. */
type VersionOrders = ReadonlyMap<number, readonly number[]>;

/** A level by what may not occur among direct dependencies, for some order of versions. */
function phenomena(
  model: string,
  occurs: (world: SmallWorld, edges: readonly Edge[]) => boolean,
  before: Before = noOrder,
): Definition {
  return {
    model,
    before,
    allows: (world, order) =>
      versionOrders(world).some((versions) => {
        const edges = dependencies(world, versions);
        return edges !== undefined && !occurs(world, [...edges, ...inTime(world, order)]);
      }),
  };
}

function versionOrders({ transactions }: SmallWorld): VersionOrders[] {
  const keys = [...new Set(transactions.flatMap((transaction) => writesOf(transaction)))];
  return keys.reduce<VersionOrders[]>(
    (found, key) => {
      const writers = transactions.flatMap((each, i) => (writesOf(each).includes(key) ? [i] : []));
      return found.flatMap((versions) => permutations(writers).map((own) => new Map([...versions, [key, own]])));
    },
    [new Map()],
  );
}

/** Undefined where a read shows no version of these: aborted, intermediate, or from the future. */
function dependencies(world: SmallWorld, versions: VersionOrders): Edge[] | undefined {
  const edges: Edge[] = [];
  for (const [key, writers] of versions) {
    for (let i = 1; i < writers.length; i++) {
      const event = lastWriteOf(world.transactions[writers[i]], key);
      edges.push({ from: writers[i - 1], to: writers[i], kind: 'ww', key, event });
    }
  }
  for (const [reader, { mops, certain }] of world.transactions.entries()) {
    for (const [event, [f, key]] of mops.entries()) {
      if (f !== 'r' || !certain) continue;
      const version = versionRead(world, versions.get(key) ?? [], reader, event);
      if (version === 'none') return undefined;
      if (version === 'own') continue;
      const writers = versions.get(key) ?? [];
      if (version >= 0 && writers[version] !== reader)
        edges.push({ from: writers[version], to: reader, kind: 'wr', key, event });
      const next = writers.at(version + 1);
      if (version + 1 < writers.length && next !== reader)
        edges.push({ from: reader, to: next!, kind: 'rw', key, event });
    }
  }
  return edges;
}

function lastWriteOf({ mops }: SmallTransaction, key: number): number {
  return mops.findLastIndex(([f, other]) => f !== 'r' && other === key);
}

/** The place of the version that a read shows in the order of versions, -1 for the initial state. */
function versionRead(
  { transactions, lists, initial }: SmallWorld,
  writers: readonly number[],
  reader: number,
  event: number,
): number | 'own' | 'none' {
  const { mops } = transactions[reader];
  const [, key, value] = mops[event];
  const own = mops.slice(0, event).filter(([f, other]) => f !== 'r' && other === key);
  if (!lists) {
    if (own.some(([, , written]) => written === value)) return 'own';
    const place = writers.findIndex((writer) => writer !== reader && finalWrite(transactions[writer], key) === value);
    return place >= 0 ? place : value === (initial[key] ?? null) ? -1 : 'none';
  }
  for (let place = -1; place < writers.length; place++) {
    if (place >= 0 && writers[place] === reader) continue;
    const base: Json[] = writers.slice(0, place + 1).flatMap((writer) => elementsOf(transactions[writer], key));
    const follows = writers.at(place + 1) === reader && place + 1 < writers.length;
    const most = follows ? own.length : 0;
    for (let count = 0; count <= most; count++) {
      const list = [...base, ...own.slice(0, count).map(([, , element]) => element)];
      if (JSON.stringify(list) === JSON.stringify(value)) return place;
    }
  }
  return 'none';
}

function inTime({ transactions }: SmallWorld, before: Before): Edge[] {
  return transactions.flatMap((a, from) =>
    transactions.flatMap((b, to): Edge[] =>
      from !== to && before(a, b) ? [{ from, to, kind: 'time', key: -1, event: -1 }] : [],
    ),
  );
}

function reaches(edges: readonly { readonly from: number; readonly to: number }[], from: number, to: number): boolean {
  const reached = new Set([from]);
  for (const node of reached) for (const edge of edges) if (edge.from === node) reached.add(edge.to);
  return reached.has(to);
}

function cyclic(edges: readonly Edge[]): boolean {
  return edges.some(({ from, to }) => reaches(edges, to, from));
}

const without = (edges: readonly Edge[], ...kinds: readonly Edge['kind'][]) =>
  edges.filter(({ kind }) => !kinds.includes(kind));
const G0 = (edges: readonly Edge[]) => cyclic(without(edges, 'wr', 'rw'));
const G1c = (edges: readonly Edge[]) => cyclic(without(edges, 'rw'));

/** A cycle of one rw and any ww, all of one key. */
function gCursor(edges: readonly Edge[]): boolean {
  return edges.some(({ kind, key, from, to }) => {
    const own = edges.filter((edge) => edge.kind === 'ww' && edge.key === key);
    return kind === 'rw' && reaches(own, to, from);
  });
}

function gSingle(edges: readonly Edge[]): boolean {
  return edges.some(({ kind, from, to }) => kind === 'rw' && reaches(without(edges, 'rw'), to, from));
}

/** A cycle with an rw among those that write and at most one that does not. */
function gUpdate({ transactions }: SmallWorld, edges: readonly Edge[]): boolean {
  const writes = transactions.map((each) => writesOf(each).length > 0);
  const among = (kept: (node: number) => boolean) => edges.filter(({ from, to }) => kept(from) && kept(to));
  return [...writes.keys()].some((reader) => cyclic(among((node) => writes[node] || node === reader)));
}

/** A cycle with one rw, from a read of a transaction whose events are nodes in the order of its program. */
function gMonotonic({ transactions }: SmallWorld, edges: readonly Edge[]): boolean {
  return transactions.some(({ mops }, unfolded) => {
    const node = (event: number) => transactions.length + event;
    const split = [
      ...mops.slice(1).map((_, event) => ({ from: node(event), to: node(event + 1) })),
      ...without(edges, 'rw').flatMap(({ from, to, event, kind, key }) => {
        const into = to !== unfolded ? to : kind === 'time' ? node(0) : node(event);
        if (from !== unfolded) return [{ from, to: into }];
        return [
          { from: kind === 'time' ? node(mops.length - 1) : node(lastWriteOf(transactions[unfolded], key)), to: into },
        ];
      }),
    ];
    return edges.some(
      ({ kind, from, to, event }) => kind === 'rw' && from === unfolded && reaches(split, to, node(event)),
    );
  });
}

/** Nothing but the order of writes: reads may show anything, but none shows what its own transaction writes later. */
function readUncommitted(model: string, before: Before): Definition {
  return {
    model,
    before,
    allows(world, order) {
      if (world.transactions.some((each) => each.certain && readsOwnFuture(world, each))) return false;
      return elementOrders(world).some((edges) => !G0([...edges, ...inTime(world, order)]));
    },
  };
}

function readsOwnFuture({ lists }: SmallWorld, { mops }: SmallTransaction): boolean {
  return mops.some(([f, key, value], i) => {
    if (f !== 'r') return false;
    const later = mops.slice(i + 1).filter(([g, other]) => g !== 'r' && other === key);
    return later.some(([, , written]) => (lists ? (value as Json[]).includes(written) : value === written));
  });
}

/** ww between whose single appends or final writes follow each other, for every order that reads allow. */
function elementOrders(world: SmallWorld): Edge[][] {
  const { transactions, lists } = world;
  const keys = [...new Set(transactions.flatMap((each) => writesOf(each)))];
  return keys.reduce<Edge[][]>(
    (found, key) => {
      const writes = transactions.flatMap((each, from) =>
        (lists ? elementsOf(each, key) : elementsOf(each, key).slice(-1)).map((value) => ({ from, value })),
      );
      const reads = transactions.flatMap(({ mops, certain }) =>
        certain && lists ? mops.filter(([f, other]) => f === 'r' && other === key).map(([, , value]) => value) : [],
      );
      const fitting = permutations(writes).filter((order) =>
        reads.every((list) => (list as Json[]).every((value, i) => value === order.at(i)?.value)),
      );
      const edges = fitting.map((order) =>
        order.slice(1).flatMap(({ from: to }, i): Edge[] => {
          const { from } = order[i];
          return from === to ? [] : [{ from, to, kind: 'ww', key, event: 0 }];
        }),
      );
      return found.flatMap((before) => edges.map((own) => [...before, ...own]));
    },
    [[]],
  );
}

export const DEPENDENCIES: readonly Definition[] = [
  readUncommitted('read-uncommitted', noOrder),
  readUncommitted('strong-session-read-uncommitted', sessions),
  readUncommitted('strong-read-uncommitted', realTime),
  phenomena('read-committed', (_, edges) => G1c(edges)),
  phenomena('strong-session-read-committed', (_, edges) => G1c(edges), sessions),
  phenomena('strong-read-committed', (_, edges) => G1c(edges), realTime),
  phenomena('cursor-stability', (_, edges) => G1c(edges) || gCursor(edges)),
  phenomena('monotonic-view', (world, edges) => G1c(edges) || gMonotonic(world, edges)),
  phenomena('consistent-view', (_, edges) => G1c(edges) || gSingle(edges)),
  // Start and commit are not observed: with all transactions taken to overlap, PL-FCV forbids what PL-2+ does.
  phenomena('forward-consistent-view', (_, edges) => G1c(edges) || gSingle(edges)),
  phenomena('update-serializable', (world, edges) => G1c(edges) || gUpdate(world, edges)),
  phenomena('repeatable-read', (_, edges) => cyclic(edges)),
];
