import { OverBudget, type Limits } from '../limits.js';
import { eachOrdered, type TimeOrdering } from '../polygraph/time.js';
import { OPEN } from '../polygraph/registers.js';
import type { AccessOfPart, KeyOfPart, Part } from './part.js';
import type { Shape, Sink } from './shapes.js';

/** Pairs, from and to alternating. */
export interface Demands {
  readonly edges: readonly number[];
  readonly forbidden: readonly number[];
}

/** What is known, and what follows from one order of two writes or the other. */
export interface Constraints {
  readonly nodes: number;
  readonly known: Demands;
  readonly choices: readonly (readonly [Demands, Demands])[];
}

/** Beyond this many choices a search would take too much memory. */
const MOST_CHOICES = 200_000;

class Collecting implements Sink {
  readonly edges: number[] = [];
  readonly forbidden: number[] = [];

  edge(from: number, to: number): void {
    this.edges.push(from, to);
  }

  forbid(from: number, to: number): void {
    this.forbidden.push(from, to);
  }
}

/**
 * What a level demands of a part. `guessed`: writes of open order are taken to have come in the order of their
 * completions, so that nothing is left to choose: if that holds the level does, if not nothing is proven.
 *
 * @throws OverBudget when there are too many choices
 */
export function constraintsOf(
  part: Part,
  shape: Shape,
  order: TimeOrdering,
  limits: Limits,
  guessed = false,
): Constraints {
  const known = new Collecting();
  for (let member = 0; member < part.length; member++) shape.alone?.(part, member, known);
  eachPair(part, shape, order, (a, b) => shape.session(part, a, b, known));
  const choices: (readonly [Demands, Demands])[] = [];
  for (const own of part.keys()) {
    limits.tick('collecting what reads demand');
    if (guessed) {
      own.placed.push(...own.open.splice(0).sort((a, b) => completion(part, a) - completion(part, b)));
    }
    new KeyDemands(part, shape, own).collect(known, (choice) => {
      limits.tick('collecting what reads demand');
      if (choices.length >= MOST_CHOICES) {
        throw new OverBudget('the search for an order of writes would need too much memory');
      }
      choices.push(choice);
    });
  }
  return { nodes: shape.nodes(part), known, choices };
}

function completion({ facts, members }: Part, { member }: AccessOfPart): number {
  return facts.completions[members[member]];
}

/** Pairs that time orders, or so few of them that the others follow. */
function eachPair(part: Part, shape: Shape, order: TimeOrdering, visit: (a: number, b: number) => void): void {
  const { facts, members, length } = part;
  const processes = members.map((member) => facts.processes[member]);
  const completions = members.map((member) => facts.completions[member]);
  const invokes = members.map((member) => facts.invokes[member]);
  if (!shape.everyPair) {
    eachOrdered({ length, processes, completions, invokes }, order, visit);
    return;
  }
  if (order === 'none') return;
  for (let a = 0; a < length; a++) {
    if (completions[a] === OPEN) continue;
    for (let b = a + 1; b < length; b++) {
      if (order === 'realtime' ? completions[a] < invokes[b] : processes[a] === processes[b]) visit(a, b);
    }
  }
}

class KeyDemands {
  constructor(
    private readonly part: Part,
    private readonly shape: Shape,
    private readonly key: KeyOfPart,
  ) {}

  collect(known: Sink, choose: (choice: readonly [Demands, Demands]) => void): void {
    const { placed, open } = this.key;
    this.follow(known);
    placed.forEach((earlier, i) => {
      const later = this.shape.everyPair ? placed.slice(i + 1) : placed.slice(i + 1, i + 2);
      for (const next of later) this.inOrder(earlier, next, known);
      if (this.shape.everyPair || i === placed.length - 1) for (const next of open) this.inOrder(earlier, next, known);
    });
    open.forEach((a, i) => {
      for (const b of open.slice(i + 1)) choose([this.ordered(a, b), this.ordered(b, a)]);
    });
  }

  /** wr, and the readers of the initial state before the first writers. */
  private follow(known: Sink): void {
    const { part, shape } = this;
    const { placed, open, readers } = this.key;
    const first = placed.length > 0 && !shape.everyPair ? placed.slice(0, 1) : [...placed, ...open];
    for (const own of readers.values()) {
      for (const { member, event } of own) {
        const source = part.sourceOf(event);
        if (source !== undefined) shape.wr(part, source, member, event, known);
        else for (const writer of first) this.overwrite(member, event, writer.member, known);
      }
    }
  }

  private ordered(earlier: AccessOfPart, later: AccessOfPart): Demands {
    const demands = new Collecting();
    this.inOrder(earlier, later, demands);
    return demands;
  }

  private inOrder(earlier: AccessOfPart, later: AccessOfPart, sink: Sink): void {
    this.shape.ww(this.part, earlier.member, later.member, later.event, sink);
    for (const { member, event } of this.key.readers.get(earlier.version) ?? [])
      this.overwrite(member, event, later.member, sink);
  }

  private overwrite(reader: number, event: number, writer: number, sink: Sink): void {
    if (reader !== writer) this.shape.rw(this.part, reader, event, writer, sink);
  }
}
