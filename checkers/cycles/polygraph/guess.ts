import { NONE } from '../../../harness/history/history.js';
import { Heap } from './heap.js';
import { precedenceOf, type Precedence, type Question } from './precedence.js';
import type { TimeOrdering } from './time.js';
import type { Zones } from './zones.js';

/** An order of all blocks, key by key, and how often nothing consistent was left to do next. */
export interface Guess {
  readonly arrangement: Int32Array;
  readonly forced: number;
  /** Participants in the order executed: a serial execution if `forced` is 0. */
  readonly line: Int32Array;
}

/**
 * Executes the participants one by one, whoever must come first at the latest first, and holds back a write as long as
 * somebody has still to read what it would overwrite. For what a correct database did this nearly always comes to its end.
 * Where it gets stuck it breaks a rule and goes on, so that the order of versions is a guess still.
 */
export function guess({ registers, blocks }: Question, order: TimeOrdering, { hints, latest }: Zones): Guess {
  const question: Question = { registers, blocks, isolation: 'serializable', order };
  const known = precedenceOf(question, undefined, order === 'realtime' ? hints : undefined);
  return new Execution(question, known, latest).run();
}

class Execution {
  private readonly waiting: Int32Array;
  private readonly priorities: Int32Array;
  private readonly ready: Heap;
  private readonly executed: Uint8Array;
  /** By key: its current block, how many of its versions are to be written, and how many readers of the last to come. */
  private readonly current: Int32Array;
  private readonly toWrite: Int32Array;
  private readonly toRead: Int32Array;
  /** Participants held back, by key: lists linked through `nextHeld`. */
  private readonly held: Int32Array;
  private readonly nextHeld: Int32Array;
  private readonly arrangement: Int32Array;
  private readonly places: Int32Array;
  private readonly line: Int32Array;
  private done = 0;

  constructor(
    private readonly question: Question,
    private readonly known: Precedence,
    latest: Int32Array,
  ) {
    const { registers, blocks } = question;
    const { nodes, targets } = known;
    this.waiting = new Int32Array(nodes);
    for (const target of targets) this.waiting[target]++;
    this.priorities = new Int32Array(nodes).fill(-1);
    this.priorities.set(latest.subarray(0, registers.length));
    this.ready = new Heap(nodes, this.priorities);
    this.executed = new Uint8Array(nodes);
    this.current = blocks.starts.slice(0, registers.keys);
    this.toWrite = this.current.map((block) => blocks.sizes[block] - 1);
    this.toRead = this.current.map((block) => this.readersOf(block));
    this.held = new Int32Array(registers.keys).fill(NONE);
    this.nextHeld = new Int32Array(registers.length).fill(NONE);
    this.arrangement = new Int32Array(blocks.count);
    this.places = blocks.starts.slice(0, registers.keys);
    this.current.forEach((block, key) => (this.arrangement[this.places[key]++] = block));
    this.line = new Int32Array(registers.length);
  }

  run(): Guess {
    const { nodes } = this.known;
    const { length } = this.question.registers;
    for (let node = 0; node < nodes; node++) if (this.waiting[node] === 0) this.ready.push(node);
    const byDeadline = Int32Array.from({ length }, (_, member) => member);
    byDeadline.sort((a, b) => this.priorities[a] - this.priorities[b]);
    let forced = 0;
    let next = 0;
    while (this.done < length) {
      const node = this.ready.pop();
      if (node >= 0) {
        if (this.executed[node]) continue;
        const key = node < length ? this.obstacle(node) : NONE;
        if (key === NONE) this.execute(node);
        else this.hold(node, key);
        continue;
      }
      while (this.executed[byDeadline[next]]) next++;
      forced++;
      this.execute(byDeadline[next]);
    }
    return { arrangement: this.arrangement, forced, line: this.line };
  }

  /** A key that the participant would write too early, or NONE. */
  private obstacle(member: number): number {
    const { registers, blocks } = this.question;
    for (let write = registers.writeStarts[member]; write < registers.writeStarts[member + 1]; write++) {
      const key = registers.writeKeys[write];
      if (blocks.places[write] === 0 && (this.toWrite[key] > 0 || this.toRead[key] > 0)) return key;
    }
    return NONE;
  }

  private hold(member: number, key: number): void {
    this.nextHeld[member] = this.held[key];
    this.held[key] = member;
  }

  private execute(node: number): void {
    this.executed[node] = 1;
    if (node < this.question.registers.length) this.access(node);
    const { offsets, targets } = this.known;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (--this.waiting[targets[edge]] === 0 && !this.executed[targets[edge]]) this.ready.push(targets[edge]);
    }
  }

  private access(member: number): void {
    const { registers, blocks } = this.question;
    const { writeKeys, owners } = registers;
    this.line[this.done++] = member;
    for (let read = registers.readStarts[member]; read < registers.readStarts[member + 1]; read++) {
      const version = registers.readVersions[read];
      const key = version < owners.length ? writeKeys[version] : version - owners.length;
      if (blocks.last[this.current[key]] !== version) continue;
      this.toRead[key]--;
      this.release(key);
    }
    for (let write = registers.writeStarts[member]; write < registers.writeStarts[member + 1]; write++) {
      const key = writeKeys[write];
      const block = blocks.of[write];
      if (blocks.places[write] === 0) {
        this.current[key] = block;
        this.toWrite[key] = blocks.sizes[block] - 1;
        this.toRead[key] = this.readersOf(block);
        this.arrangement[this.places[key]++] = block;
      } else if (this.current[key] === block) this.toWrite[key]--;
      this.release(key);
    }
  }

  private release(key: number): void {
    if (this.toWrite[key] > 0 || this.toRead[key] > 0) return;
    let member = this.held[key];
    this.held[key] = NONE;
    while (member !== NONE) {
      const next = this.nextHeld[member];
      this.ready.push(member);
      member = next;
    }
  }

  private readersOf(block: number): number {
    const { readerStarts, last } = this.question.blocks;
    return readerStarts[last[block] + 1] - readerStarts[last[block]];
  }
}
