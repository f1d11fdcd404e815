import { History, INFO, INVOKE, NONE, OK, VALUE_INT, VALUE_NULL, VALUE_RAW } from '../harness/history/history.js';
import { dice } from './generate.js';

export const TYPES = ['set', 'queue', 'stack', 'fetch-and-add', 'counter', 'mutex'] as const;
export type TypeKind = (typeof TYPES)[number];

export interface TypeRecipe {
  readonly kind: TypeKind;
  readonly operations: number;
  readonly concurrency: number;
  readonly infoShare: number;
  /** `stale`: one answer in the second half is an old one. */
  readonly flaw: 'none' | 'stale';
  readonly seed: number;
}

/** What an object answers when an operation takes effect; undefined: it cannot take effect now. */
type Answer = number | boolean | null | undefined;

interface Thing {
  readonly functions: readonly string[];
  ask(draw: (bound: number) => number): { readonly f: number; readonly input: number | null };
  effect(f: number, input: number | null): Answer;
  /** A wrong answer instead of a right one. */
  wrong(answer: Answer): Answer;
}

const ELEMENTS = 1_000;

function thing(kind: TypeKind): Thing {
  let fresh = 0;
  switch (kind) {
    case 'set': {
      const present = new Uint8Array(ELEMENTS);
      return {
        functions: ['add', 'remove', 'contains'],
        ask: (draw) => ({ f: draw(3), input: draw(ELEMENTS) }),
        effect: (f, input) => {
          const was = present[input!] === 1;
          if (f < 2) present[input!] = f === 0 ? 1 : 0;
          return f === 0 ? !was : was;
        },
        wrong: (answer) => answer !== true,
      };
    }
    case 'queue':
    case 'stack': {
      const items: number[] = [];
      let head = 0;
      return {
        functions: kind === 'queue' ? ['enqueue', 'dequeue'] : ['push', 'pop'],
        ask: (draw) => (draw(2) === 0 ? { f: 0, input: ++fresh } : { f: 1, input: null }),
        effect: (f, input) => {
          if (f === 0) return items.push(input!) && input;
          if (kind === 'stack') return items.pop() ?? null;
          return head < items.length ? items[head++] : null;
        },
        wrong: () => 1,
      };
    }
    case 'mutex': {
      let held = false;
      return {
        functions: ['acquire', 'release'],
        ask: (draw) => ({ f: draw(2), input: null }),
        effect: (f) => {
          if ((f === 1) !== held) return undefined;
          held = f === 0;
          return null;
        },
        wrong: () => null,
      };
    }
    default: {
      let sum = 0;
      return {
        functions: kind === 'counter' ? ['add', 'read'] : ['fetch-and-add', 'read'],
        ask: (draw) => (draw(2) === 0 ? { f: 0, input: 1 + draw(3) } : { f: 1, input: null }),
        effect: (f, input) => {
          const before = sum;
          if (f === 0) sum += input!;
          return f === 0 && kind === 'counter' ? null : before;
        },
        wrong: (answer) => (typeof answer === 'number' ? Math.max(0, answer - 500) : answer),
      };
    }
  }
}

interface Pending {
  readonly f: number;
  readonly input: number | null;
  readonly position: number;
  readonly lost: boolean;
  answer: Answer;
  took: boolean;
}

/** A history of a correct object of some type: each operation takes effect at one random step, and returns at a later one. */
export function generateType(recipe: TypeRecipe): History {
  const draw = dice(recipe.seed);
  const object = thing(recipe.kind);
  const rows = new Rows(object.functions);
  const clients = Array.from({ length: recipe.concurrency }, (_, process) => ({
    process,
    op: undefined as Pending | undefined,
  }));
  let [asked, busy, nextProcess, planted] = [0, 0, recipe.concurrency, recipe.flaw === 'none'];
  while (asked < recipe.operations || busy > 0) {
    const client = clients[draw(clients.length)];
    const { op } = client;
    if (op !== undefined && !op.took) {
      op.took = true;
      // Of the lost ones half take effect, at once.
      if (!op.lost || draw(2) === 0) op.answer = object.effect(op.f, op.input);
    } else if (op !== undefined) {
      const mayPlant = !planted && asked > recipe.operations / 2 && typeof op.answer === 'number' && op.f === 1;
      const mayMislead = !planted && asked > recipe.operations / 2 && typeof op.answer === 'boolean';
      if ((mayPlant || mayMislead) && !op.lost) {
        planted = true;
        op.answer = object.wrong(op.answer);
      }
      rows.complete(client.process, op);
      client.op = undefined;
      busy--;
      if (op.lost) client.process = nextProcess++;
    } else if (asked < recipe.operations) {
      const { f, input } = object.ask(draw);
      const lost = draw(1_000_000) < recipe.infoShare * 1_000_000;
      client.op = { f, input, position: rows.invoke(client.process, f, input), lost, answer: undefined, took: false };
      asked++;
      busy++;
    }
  }
  return rows.history();
}

class Rows {
  private readonly types: number[] = [];
  private readonly processes: number[] = [];
  private readonly functions: number[] = [];
  private readonly kinds: number[] = [];
  private readonly values: number[] = [];
  private readonly sizes: number[] = [];
  private readonly pairs: number[] = [];
  private static readonly TEXTS = new TextEncoder().encode('truefalse');

  constructor(private readonly names: readonly string[]) {}

  invoke(process: number, f: number, input: number | null): number {
    return this.add(INVOKE, process, f, input, NONE);
  }

  complete(process: number, { f, input, position, lost, answer }: Pending): void {
    // What could not take effect, a release of a free lock, was refused.
    const type = lost ? INFO : answer === undefined ? 2 : OK;
    const value = lost || answer === undefined ? input : answer;
    this.pairs[position] = this.add(type, process, f, value, position);
  }

  private add(type: number, process: number, f: number, value: number | boolean | null, pair: number): number {
    this.types.push(type);
    this.processes.push(process);
    this.functions.push(f);
    this.kinds.push(value === null ? VALUE_NULL : typeof value === 'number' ? VALUE_INT : VALUE_RAW);
    this.values.push(typeof value === 'number' ? value : value === false ? 4 : 0);
    this.sizes.push(value === true ? 4 : value === false ? 5 : 0);
    return this.pairs.push(pair) - 1;
  }

  history(): History {
    const { length } = this.types;
    return new History({
      length,
      types: Uint8Array.from(this.types),
      processes: Int32Array.from(this.processes),
      times: Float64Array.from({ length }, (_, at) => at * 1000),
      indices: Int32Array.from({ length }, (_, at) => at),
      functions: Uint16Array.from(this.functions),
      keys: new Int32Array(length).fill(NONE),
      nodes: new Int16Array(length).fill(NONE),
      workloads: new Int16Array(length).fill(NONE),
      errors: new Int32Array(length).fill(NONE),
      valueKinds: Uint8Array.from(this.kinds),
      valuesA: Int32Array.from(this.values),
      valuesB: Int32Array.from(this.sizes),
      pairs: Int32Array.from(this.pairs),
      slab: Rows.TEXTS,
      functionNames: this.names,
      keyNames: [],
      nodeNames: [],
      workloadNames: [],
      errorTexts: [],
    });
  }
}
