import { Int32Buffer } from '../../../harness/history/micro-operations/buffers.js';
import { lineUp } from './precedence.js';

/** Nodes beyond this would need hundreds of megabytes: a bit for each pair, twice. */
export const MOST_NODES = 20_000;

/** Which node reaches which, kept up to date while edges are added, and undone in reverse. */
export class Closure {
  private readonly words: number;
  private readonly down: Int32Array;
  private readonly up: Int32Array;
  /** What was overwritten since, as pairs of place and former word; places of `up` follow those of `down`. */
  private readonly trail = new Int32Buffer();
  private recording = false;

  private constructor(nodes: number) {
    this.words = (nodes + 31) >>> 5;
    this.down = new Int32Array(nodes * this.words);
    this.up = new Int32Array(nodes * this.words);
  }

  /** Undefined if some nodes precede each other. `edges`: pairs, from and to alternating. */
  static of(nodes: number, edges: Int32Array): Closure | undefined {
    const rows = rowsOf(nodes, edges);
    const line = lineUp(rows);
    if (line.length < nodes) return undefined;
    const closure = new Closure(nodes);
    const { words, down, up } = closure;
    const { offsets, targets } = rows;
    for (let at = nodes - 1; at >= 0; at--) {
      const node = line[at];
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) include(down, words, node, targets[edge]);
    }
    for (let at = 0; at < nodes; at++) {
      const node = line[at];
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) include(up, words, targets[edge], node);
    }
    return closure;
  }

  /** Whether a path of at least one edge exists. */
  has(from: number, to: number): boolean {
    return ((this.down[from * this.words + (to >>> 5)] >>> (to & 31)) & 1) === 1;
  }

  /** False, and nothing changed, if it would close a cycle. */
  add(from: number, to: number): boolean {
    if (from === to || this.has(to, from)) return false;
    if (this.has(from, to)) return true;
    const { words, down, up } = this;
    for (let word = 0; word < words; word++) {
      let bits = up[from * words + word];
      if (word === from >>> 5) bits |= 1 << (from & 31);
      while (bits !== 0) {
        const node = (word << 5) | (31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
        if (!this.has(node, to)) this.join(down, 0, node, to);
      }
    }
    for (let word = 0; word < words; word++) {
      let bits = down[to * words + word];
      if (word === to >>> 5) bits |= 1 << (to & 31);
      while (bits !== 0) {
        const node = (word << 5) | (31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
        if (((up[node * words + (from >>> 5)] >>> (from & 31)) & 1) === 0) this.join(up, down.length, node, from);
      }
    }
    return true;
  }

  /** From here on changes can be undone. */
  mark(): number {
    this.recording = true;
    return this.trail.length;
  }

  undoTo(mark: number): void {
    const { trail, down, up } = this;
    while (trail.length > mark) {
      const word = trail.data[--trail.length];
      const place = trail.data[--trail.length];
      if (place < down.length) down[place] = word;
      else up[place - down.length] = word;
    }
  }

  /** Nothing before is undone any more. */
  forget(): void {
    this.recording = false;
    this.trail.length = 0;
  }

  /** Adds to one node's set another node and its set. */
  private join(sets: Int32Array, shift: number, node: number, other: number): void {
    const { words } = this;
    const own = node * words;
    const theirs = other * words;
    for (let word = 0; word < words; word++) {
      const before = sets[own + word];
      let after = before | sets[theirs + word];
      if (word === other >>> 5) after |= 1 << (other & 31);
      if (after === before) continue;
      if (this.recording) {
        this.trail.push(shift + own + word);
        this.trail.push(before);
      }
      sets[own + word] = after;
    }
  }
}

function include(sets: Int32Array, words: number, node: number, other: number): void {
  const own = node * words;
  const theirs = other * words;
  for (let word = 0; word < words; word++) sets[own + word] |= sets[theirs + word];
  sets[own + (other >>> 5)] |= 1 << (other & 31);
}

export interface Rows {
  readonly nodes: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** Pairs sorted by their first. */
export function rowsOf(nodes: number, edges: Int32Array): Rows {
  const offsets = new Int32Array(nodes + 1);
  for (let i = 0; i < edges.length; i += 2) offsets[edges[i] + 1]++;
  for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
  const targets = new Int32Array(edges.length >> 1);
  const cursor = offsets.slice();
  for (let i = 0; i < edges.length; i += 2) targets[cursor[edges[i]]++] = edges[i + 1];
  return { nodes, offsets, targets };
}
