import type { Part } from './part.js';

/** What must hold: nodes that precede each other, and nodes that may not be reached from others. */
export interface Sink {
  edge(from: number, to: number): void;
  forbid(from: number, to: number): void;
}

/**
 * A level as constraints over nodes: it holds if the versions of every key can be put in an order so that nothing precedes
 * itself and nothing forbidden is reached. Members and events are those of a part.
 */
export interface Shape {
  nodes(part: Part): number;
  /** Whether {@link session} wants every ordered pair, where one would else follow from others. */
  readonly everyPair?: boolean;
  /** Of a member alone. */
  alone?(part: Part, member: number, sink: Sink): void;
  session(part: Part, before: number, after: number, sink: Sink): void;
  /** wr: `event` of `reader` reads what `writer` wrote. */
  wr(part: Part, writer: number, reader: number, event: number, sink: Sink): void;
  /** ww: `event` of `later` replaces (at once or not) what `earlier` wrote. */
  ww(part: Part, earlier: number, later: number, event: number, sink: Sink): void;
  /** rw: `writer` replaces what `event` of `reader` read. */
  rw(part: Part, reader: number, event: number, writer: number, sink: Sink): void;
}

/** One moment each: an acyclic graph of all dependencies is a serial order (Adya's PL-3; of items PL-2.99). */
const serial: Shape = {
  nodes: (part) => part.length,
  session: (_, before, after, sink) => sink.edge(before, after),
  wr: (_, writer, reader, __, sink) => sink.edge(writer, reader),
  ww: (_, earlier, later, __, sink) => sink.edge(earlier, later),
  rw: (_, reader, __, writer, sink) => sink.edge(reader, writer),
};

const snapshotOf = (member: number) => 2 * member;
const commitOf = (member: number) => 2 * member + 1;

/** A prefix of the order of commits is read (Cerone, Bernardi and Gotsman, CONCUR 2015: Prefix). */
const prefix: Shape = {
  nodes: (part) => 2 * part.length,
  alone: (_, member, sink) => sink.edge(snapshotOf(member), commitOf(member)),
  session: (_, before, after, sink) => sink.edge(commitOf(before), snapshotOf(after)),
  wr: (_, writer, reader, __, sink) => sink.edge(commitOf(writer), snapshotOf(reader)),
  ww: (_, earlier, later, __, sink) => sink.edge(commitOf(earlier), commitOf(later)),
  rw: (_, reader, __, writer, sink) => sink.edge(snapshotOf(reader), commitOf(writer)),
};

/** The same, and whoever replaces a version has it in its snapshot: the first committer wins. */
const snapshot: Shape = {
  ...prefix,
  ww: (_, earlier, later, __, sink) => sink.edge(commitOf(earlier), snapshotOf(later)),
};

/** No cycle of dependencies with at most one rw (Adya's PL-2+; Cerone and Gotsman, PODC 2016: parallel SI). */
const parallel: Shape = {
  ...serial,
  rw: (_, reader, __, writer, sink) => sink.forbid(writer, reader),
};

/** No cycle of ww and wr (Adya's PL-2). */
const committed: Shape = { ...serial, rw: () => undefined };

/** Cycles count if at most one member of them writes nothing (Adya's PL-3U). */
const update: Shape = {
  ...serial,
  everyPair: true,
  session(part, before, after, sink) {
    if (part.writes(before)) sink.edge(before, after);
    else if (part.writes(after)) sink.forbid(after, before);
  },
  rw(part, reader, _, writer, sink) {
    if (part.writes(reader)) sink.edge(reader, writer);
    else sink.forbid(writer, reader);
  },
};

/** Who read a version and wrote the key wrote the next one (Adya's PL-CS, every read being through a cursor). */
const cursor: Shape = {
  ...serial,
  rw(part, reader, event, writer, sink) {
    if (part.writesKeyOf(reader, event)) sink.edge(reader, writer);
  },
};

/** Member m is node m as a whole, and each of its events a node after all members. */
const view = (part: Part, event: number) => part.length + event;

/**
 * What an event shows or replaces, and all that depends on, must be seen by later reads of the transaction (Adya's PL-2L:
 * no cycle with one rw that leaves a read of a transaction whose events are nodes in their order).
 */
const monotonicView: Shape = {
  nodes: (part) => part.length + part.events,
  alone(part, member, sink) {
    part.eachEvent(member, (event, previous) => {
      if (previous !== undefined) sink.edge(view(part, previous), view(part, event));
    });
  },
  session(part, before, after, sink) {
    sink.edge(before, after);
    part.eachEvent(after, (event, previous) => {
      if (previous === undefined) sink.edge(before, view(part, event));
    });
  },
  wr(part, writer, reader, event, sink) {
    sink.edge(writer, reader);
    sink.edge(writer, view(part, event));
  },
  ww(part, earlier, later, event, sink) {
    sink.edge(earlier, later);
    sink.edge(earlier, view(part, event));
  },
  rw: (part, _, event, writer, sink) => sink.forbid(writer, view(part, event)),
};

/** Each event has a moment of its own before the commit, reads show what was committed by then (Adya's PL-MSR). */
const movingSnapshot: Shape = {
  nodes: (part) => part.length + part.events,
  alone(part, member, sink) {
    part.eachEvent(member, (event, previous) => {
      if (previous !== undefined) sink.edge(view(part, previous), view(part, event));
      sink.edge(view(part, event), member);
    });
  },
  session(part, before, after, sink) {
    sink.edge(before, after);
    part.eachEvent(after, (event, previous) => {
      if (previous === undefined) sink.edge(before, view(part, event));
    });
  },
  wr: (part, writer, _, event, sink) => sink.edge(writer, view(part, event)),
  ww: (part, earlier, _, event, sink) => sink.edge(earlier, view(part, event)),
  rw: (part, _, event, writer, sink) => sink.edge(view(part, event), writer),
};

/** Whoever is visible precedes the writers of what is read of the keys that it wrote. */
function visible(part: Part, seen: number, by: number, sink: Sink): void {
  sink.edge(seen, by);
  part.eachEvent(by, (event) => {
    if (!part.reads(event) || !part.writesKeyOf(seen, event)) return;
    const source = part.sourceOf(event);
    if (source !== seen) sink.edge(seen, source ?? seen);
  });
}

/** Read atomic, and of two writers of a key one is visible to the other (update atomic: Cerone and others, CONCUR 2015). */
const updateAtomic: Shape = {
  nodes: (part) => part.length,
  everyPair: true,
  session: visible,
  wr: (part, writer, reader, _, sink) => visible(part, writer, reader, sink),
  ww: (part, earlier, later, _, sink) => visible(part, earlier, later, sink),
  rw: () => undefined,
};

export const SHAPES = {
  serial,
  committed,
  snapshot,
  prefix,
  parallel,
  update,
  cursor,
  'monotonic-view': monotonicView,
  'moving-snapshot': movingSnapshot,
  'update-atomic': updateAtomic,
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof SHAPES;
