import { NONE } from '../../../harness/history/history.js';
import { Int32Buffer } from '../../../harness/history/micro-operations/buffers.js';
import { OverBudget, type Limits } from '../limits.js';
import { momentsOf, type Moments } from './isolation.js';
import type { Question } from './precedence.js';
import { restrict } from './restrict.js';
import { eachOrdered } from './time.js';

/** Two blocks of a key, one of which comes first; what follows if the one does, and if the other. Pairs from, to. */
export interface Choice {
  readonly blocks: readonly [number, number];
  readonly edges: readonly [Int32Array, Int32Array];
}

/** A small history as nodes that may not precede each other, known edges (from and to alternating), and choices. */
export interface Puzzle {
  readonly nodes: number;
  readonly edges: Int32Array;
  /** The blocks of each key that has more than one that is open, those that probably come first before others. */
  readonly rivals: readonly (readonly number[])[];
  readonly choices: readonly Choice[];
}

/** Beyond this many choices a search would take gigabytes. */
const MOST_CHOICES = 1_000_000;

/** The part of a block that a puzzle sees, by local numbers of participants. */
interface Part {
  readonly block: number;
  readonly writers: { readonly place: number; readonly member: number }[];
  readonly readers: { readonly place: number; readonly member: number }[];
  /** Of `readers`, those of the last version or with no writer after theirs. */
  final: number[];
}

/**
 * What must hold among some participants (ascending). All of it holds in the whole history, so if this has no solution,
 * neither has the whole: order, who read from whom, and that blocks stay together even where some of them is left out.
 * `ranks`: by block, its rank in the order guessed.
 *
 * @throws OverBudget when there are too many choices
 */
export function puzzleOf(question: Question, members: Int32Array, ranks: Int32Array, limits: Limits): Puzzle {
  const { registers, isolation, order } = question;
  const moments = momentsOf(isolation, members.length);
  const edges = new Int32Buffer();
  for (let member = 0; member < members.length && moments.perTransaction === 2; member++) {
    link(edges, moments.read(member), moments.write(member));
  }
  eachOrdered(restrict(registers, members), order, (a, b) => link(edges, moments.write(a), moments.read(b)));
  const parts = partsOf(question, members);
  for (const part of parts) within(part, moments, edges);
  const choices: Choice[] = [];
  const rivals: number[][] = [];
  for (const rival of byKey(question, parts)) {
    const initial = rival.find(({ block }) => isInitial(question, block));
    const open = rival.filter((part) => part !== initial && part.writers.length > 0);
    open.sort((a, b) => ranks[a.block] - ranks[b.block]);
    for (const part of open) if (initial) for (const edge of between(initial, part, moments)) edges.push(edge);
    if (open.length < 2) continue;
    rivals.push(open.map(({ block }) => block));
    if (choices.length + (open.length * (open.length - 1)) / 2 > MOST_CHOICES) {
      throw new OverBudget('the search for an order of writes would need too much memory');
    }
    open.forEach((a, i) => {
      for (const b of open.slice(i + 1)) {
        limits.tick('preparing a search');
        const sides = [Int32Array.from(between(a, b, moments)), Int32Array.from(between(b, a, moments))] as const;
        choices.push({ blocks: [a.block, b.block], edges: sides });
      }
    });
  }
  return { nodes: moments.count, edges: edges.view(), rivals, choices };
}

function link(edges: Int32Buffer, from: number, to: number): void {
  edges.push(from);
  edges.push(to);
}

function partsOf({ registers, blocks }: Question, members: Int32Array): Part[] {
  const { owners, writeStarts, readStarts, readVersions } = registers;
  const parts = new Map<number, Part>();
  const partOf = (version: number): Part => {
    const block = blocks.of[version];
    const known = parts.get(block);
    if (known) return known;
    const part: Part = { block, writers: [], readers: [], final: [] };
    parts.set(block, part);
    return part;
  };
  members.forEach((global, member) => {
    for (let write = writeStarts[global]; write < writeStarts[global + 1]; write++) {
      partOf(write).writers.push({ place: blocks.places[write], member });
    }
    for (let read = readStarts[global]; read < readStarts[global + 1]; read++) {
      const version = readVersions[read];
      const next = blocks.next[version];
      if (next !== NONE && owners[next] === global) continue;
      partOf(version).readers.push({ place: blocks.places[version], member });
    }
  });
  return [...parts.values()];
}

/** Edges inside a block, and who reads its end. */
function within(part: Part, moments: Moments, edges: Int32Buffer): void {
  const { writers, readers } = part;
  writers.sort((a, b) => a.place - b.place);
  writers.forEach(({ member }, i) => {
    if (i > 0) link(edges, moments.write(writers[i - 1].member), moments.read(member));
  });
  for (const { place, member } of readers) {
    let after = 0;
    let high = writers.length;
    while (after < high) {
      const middle = (after + high) >> 1;
      if (writers[middle].place <= place) after = middle + 1;
      else high = middle;
    }
    if (after > 0) link(edges, moments.write(writers[after - 1].member), moments.read(member));
    if (after < writers.length) link(edges, moments.read(member), moments.write(writers[after].member));
    else part.final.push(member);
  }
}

/** What follows from one block of a key being before another. */
function between(before: Part, after: Part, moments: Moments): number[] {
  const first = after.writers[0].member;
  const last = before.writers.at(-1);
  const overwritten = before.final.flatMap((reader) => [moments.read(reader), moments.write(first)]);
  return last ? [moments.write(last.member), moments.read(first), ...overwritten] : overwritten;
}

function isInitial({ registers, blocks }: Question, block: number): boolean {
  return blocks.first[block] >= registers.owners.length;
}

function byKey({ registers, blocks }: Question, parts: readonly Part[]): Part[][] {
  const { owners, writeKeys } = registers;
  const groups = new Map<number, Part[]>();
  for (const part of parts) {
    const first = blocks.first[part.block];
    const key = first < owners.length ? writeKeys[first] : first - owners.length;
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()];
}
