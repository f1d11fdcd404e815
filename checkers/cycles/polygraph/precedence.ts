import { NONE } from '../../../harness/history/history.js';
import { Int32Buffer } from '../../../harness/history/micro-operations/buffers.js';
import type { Blocks } from './blocks.js';
import { momentsOf, type Isolation, type Moments } from './isolation.js';
import { followers, successors, type TimeOrdering } from './time.js';
import type { Registers } from './registers.js';

/** What precedes what, in compressed sparse rows. Nodes below `moments.count` are moments, the others helpers. */
export interface Precedence {
  readonly moments: Moments;
  readonly nodes: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** A history and the question asked about it. */
export interface Question {
  readonly registers: Registers;
  readonly blocks: Blocks;
  readonly isolation: Isolation;
  readonly order: TimeOrdering;
}

/**
 * Everything that precedes everything else: by reads and the order asked for; within blocks; and between blocks, if
 * `arrangement` (blocks, key by key) says in which order they come, else only from the initial block to the others.
 */
export function precedenceOf(question: Question, arrangement?: Int32Array, hints?: Hints): Precedence {
  return new Assembly(question, arrangement, hints).build();
}

/** What a guess assumes beyond what is asked. */
export interface Hints {
  /** Participants, from and to alternating, one of which has committed when the other reads. */
  readonly pairs: Int32Array;
  /** By participant: 1 if it may have taken effect before it was invoked. */
  readonly untimed: Uint8Array;
  /** The order asked for, where real time is only assumed. */
  readonly asked: TimeOrdering;
}

class Assembly {
  private readonly sources: Int32Buffer;
  private readonly targets: Int32Buffer;
  private readonly moments: Moments;
  private nodes: number;

  constructor(
    private readonly question: Question,
    private readonly arrangement: Int32Array | undefined,
    private readonly hints: Hints | undefined,
  ) {
    const { length, readVersions, owners } = question.registers;
    this.moments = momentsOf(question.isolation, length);
    this.nodes = this.moments.count;
    const expected = (hints?.pairs.length ?? 0) + 4 * length + 2 * readVersions.length + owners.length + 16;
    this.sources = new Int32Buffer(expected);
    this.targets = new Int32Buffer(expected);
  }

  build(): Precedence {
    const { registers, order } = this.question;
    const { moments } = this;
    for (let member = 0; member < registers.length && moments.perTransaction === 2; member++) {
      this.add(moments.read(member), moments.write(member));
    }
    if (order === 'process' || this.hints?.asked === 'process') this.processes();
    if (order === 'realtime') this.timeline();
    this.reads();
    this.withinBlocks();
    if (this.hints) this.given(this.hints.pairs);
    if (this.arrangement) this.betweenBlocks(this.arrangement);
    else this.fromInitialBlocks();
    return { moments, nodes: this.nodes, ...this.sorted() };
  }

  private add(from: number, to: number): void {
    this.sources.push(from);
    this.targets.push(to);
  }

  private given(pairs: Int32Array): void {
    for (let i = 0; i < pairs.length; i += 2) this.add(this.moments.write(pairs[i]), this.moments.read(pairs[i + 1]));
  }

  private processes(): void {
    successors(this.question.registers).forEach((next, member) => {
      if (next !== NONE) this.add(this.moments.write(member), this.moments.read(next));
    });
  }

  /** A helper for each invocation, each leading to the next: space stays linear. */
  private timeline(): void {
    const { length } = this.question.registers;
    const ticks = this.nodes;
    this.nodes += length;
    followers(this.question.registers).forEach((follower, member) => {
      if (!this.hints?.untimed[member]) this.add(ticks + member, this.moments.read(member));
      if (member + 1 < length) this.add(ticks + member, ticks + member + 1);
      if (follower < length) this.add(this.moments.write(member), ticks + follower);
    });
  }

  private reads(): void {
    const { length, owners, readStarts, readVersions } = this.question.registers;
    for (let reader = 0; reader < length; reader++) {
      for (let read = readStarts[reader]; read < readStarts[reader + 1]; read++) {
        const version = readVersions[read];
        if (version < owners.length) this.add(this.moments.write(owners[version]), this.moments.read(reader));
      }
    }
  }

  private withinBlocks(): void {
    const { next } = this.question.blocks;
    const { owners } = this.question.registers;
    next.forEach((write, version) => {
      if (write !== NONE) this.overwrite(version, owners[write]);
    });
  }

  private overwrite(version: number, writer: number): void {
    const { readers, readerStarts } = this.question.blocks;
    for (let i = readerStarts[version]; i < readerStarts[version + 1]; i++) {
      this.add(this.moments.read(readers[i]), this.moments.write(writer));
    }
  }

  private betweenBlocks(arrangement: Int32Array): void {
    const { starts, first, last } = this.question.blocks;
    const { owners, keys } = this.question.registers;
    for (let key = 0; key < keys; key++) {
      for (let i = starts[key] + 1; i < starts[key + 1]; i++) {
        const version = last[arrangement[i - 1]];
        const writer = owners[first[arrangement[i]]];
        if (version < owners.length) this.add(this.moments.write(owners[version]), this.moments.read(writer));
        this.overwrite(version, writer);
      }
    }
  }

  /** The readers of what the initial block left precede all other writers: through a helper, as nobody is both. */
  private fromInitialBlocks(): void {
    const { starts, first, last, readers, readerStarts } = this.question.blocks;
    const { owners, keys } = this.question.registers;
    for (let key = 0; key < keys; key++) {
      const from = starts[key] + 1;
      const to = starts[key + 1];
      const version = last[from - 1];
      if (from === to) continue;
      const helper = this.nodes++;
      for (let i = readerStarts[version]; i < readerStarts[version + 1]; i++) {
        this.add(this.moments.read(readers[i]), helper);
      }
      for (let block = from; block < to; block++) {
        const writer = owners[first[block]];
        this.add(helper, this.moments.write(writer));
        if (version < owners.length) this.add(this.moments.write(owners[version]), this.moments.read(writer));
      }
    }
  }

  private sorted(): Pick<Precedence, 'offsets' | 'targets'> {
    const { sources, targets, nodes } = this;
    const offsets = new Int32Array(nodes + 1);
    for (let edge = 0; edge < sources.length; edge++) offsets[sources.data[edge] + 1]++;
    for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
    const rows = new Int32Array(sources.length);
    // Filling from the back leaves each offset one row early; shifting by one row gives the starts without a copy.
    for (let edge = sources.length - 1; edge >= 0; edge--) rows[--offsets[sources.data[edge] + 1]] = targets.data[edge];
    offsets.copyWithin(0, 1);
    offsets[nodes] = rows.length;
    return { offsets, targets: rows };
  }
}

/** All nodes so that each comes after what precedes it; shorter than their number if some precede each other. */
export function lineUp({ nodes, offsets, targets }: Pick<Precedence, 'nodes' | 'offsets' | 'targets'>): Int32Array {
  const waiting = new Int32Array(nodes);
  for (const target of targets) waiting[target]++;
  const line = new Int32Array(nodes);
  let end = 0;
  for (let node = 0; node < nodes; node++) if (waiting[node] === 0) line[end++] = node;
  for (let at = 0; at < end; at++) {
    for (let edge = offsets[line[at]]; edge < offsets[line[at] + 1]; edge++) {
      if (--waiting[targets[edge]] === 0) line[end++] = targets[edge];
    }
  }
  return line.subarray(0, end);
}
