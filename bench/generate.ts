import {
  FAIL,
  History,
  INFO,
  INVOKE,
  NONE,
  OK,
  VALUE_INT,
  VALUE_NULL,
  VALUE_PAIR,
} from '../harness/history/history.js';

export type Kind = 'register' | 'cas' | 'few' | 'unique-cas' | 'kv';

/** What kind of history to make up. */
export interface Recipe {
  /** register: new values only; few: read/write 0..4; cas: read/write/cas 0..4; unique-cas: cas from the value read; kv: ten keys, 0..4. */
  readonly kind: Kind;
  readonly operations: number;
  /** Operations open at every moment. */
  readonly concurrency: number;
  /** Share of operations whose outcome stays unknown; half of those take effect. */
  readonly infoShare: number;
  /** `stale`: one read in the second half answers what was overwritten before it began, as far as one finds such. */
  readonly flaw: 'none' | 'stale';
  readonly seed: number;
  /** How many values repeat, where they do; by default 5. */
  readonly values?: number;
  /** Of operations on a register with cas; by default one of each. */
  readonly mix?: { readonly reads: number; readonly writes: number; readonly cas: number };
}

/** xorshift32: quick, and the same everywhere. */
export function dice(seed: number): (bound: number) => number {
  let state = (seed * 2654435761) | 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const READ = 0;
const WRITE = 1;
const CAS = 2;
const NO_VALUE = -1_000_000;
/** Written once per key, at the beginning of a history with a flaw. */
const ANCIENT = 5;

/**
 * A history of a correct register, written straight into columns: every client always has an operation open, which
 * takes effect at one random step and returns at a later one.
 */
export function generate(recipe: Recipe): History {
  return new Generation(recipe).run();
}

class Generation {
  private readonly draw: (bound: number) => number;
  private readonly columns;
  private length = 0;
  private readonly keys: number;
  private readonly current: Int32Array;
  private readonly wroteAncient: boolean[] = [];
  private fresh = 1;
  private planted = false;

  constructor(private readonly recipe: Recipe) {
    this.draw = dice(recipe.seed);
    this.keys = recipe.kind === 'kv' ? 10 : 1;
    this.current = new Int32Array(this.keys).fill(NO_VALUE);
    const size = 2 * recipe.operations + 2 * recipe.concurrency;
    this.columns = {
      types: new Uint8Array(size),
      processes: new Int32Array(size),
      times: new Float64Array(size),
      indices: new Int32Array(size),
      functions: new Uint16Array(size),
      keys: new Int32Array(size).fill(NONE),
      nodes: new Int16Array(size).fill(NONE),
      workloads: new Int16Array(size).fill(NONE),
      errors: new Int32Array(size).fill(NONE),
      valueKinds: new Uint8Array(size),
      valuesA: new Int32Array(size),
      valuesB: new Int32Array(size),
      pairs: new Int32Array(size).fill(NONE),
    };
  }

  run(): History {
    const { recipe, draw } = this;
    const clients = Array.from({ length: recipe.concurrency }, (_, process) => ({
      process,
      op: undefined as Pending | undefined,
    }));
    const ghosts: Pending[] = [];
    let asked = 0;
    let nextProcess = recipe.concurrency;
    let busy = 0;
    while (asked < recipe.operations || busy > 0) {
      if (ghosts.length > 0 && draw(50) === 0) this.effect(ghosts.pop()!);
      const client = clients[draw(clients.length)];
      const op = client.op;
      if (op !== undefined && !op.took) {
        op.took = true;
        if (!op.lost) this.effect(op);
        continue;
      }
      if (op !== undefined) {
        this.complete(client.process, op);
        client.op = undefined;
        busy--;
        if (op.lost) {
          if (draw(2) === 0) ghosts.push(op);
          client.process = nextProcess++;
        }
      }
      if (asked < recipe.operations) {
        client.op = this.invoke(client.process);
        asked++;
        busy++;
      }
    }
    return this.finish();
  }

  private invoke(process: number): Pending {
    const { recipe, draw } = this;
    const kind = this.drawKind();
    const { values = 5 } = recipe;
    const unique = recipe.kind === 'register' || recipe.kind === 'unique-cas';
    const key = this.keys === 1 ? 0 : draw(this.keys);
    const ancient = recipe.flaw === 'stale' && !this.wroteAncient[key];
    this.wroteAncient[key] = true;
    const value = unique ? this.fresh++ : ancient ? ANCIENT : draw(values);
    const from = unique ? this.current[key] : draw(values);
    const op: Pending = {
      kind: (kind === CAS && from === NO_VALUE) || ancient ? WRITE : kind,
      key,
      from,
      to: value,
      position: this.length,
      took: false,
      lost: !ancient && recipe.infoShare > 0 && draw(1_000_000) < recipe.infoShare * 1_000_000,
      refused: false,
    };
    const event = this.event(INVOKE, process, op);
    if (op.kind === WRITE) this.put(event, VALUE_INT, op.to, 0);
    else if (op.kind === CAS) this.put(event, VALUE_PAIR, op.from, op.to);
    return op;
  }

  private drawKind(): number {
    const { kind, mix } = this.recipe;
    if (kind !== 'cas' && kind !== 'unique-cas') return this.draw(2);
    if (mix === undefined) return this.draw(3);
    const drawn = this.draw(mix.reads + mix.writes + mix.cas);
    return drawn < mix.reads ? READ : drawn < mix.reads + mix.writes ? WRITE : CAS;
  }

  private effect(op: Pending): void {
    const { current } = this;
    if (op.kind === READ) op.from = this.flawed(op) ?? current[op.key];
    else if (op.kind === CAS && current[op.key] !== op.from) op.refused = true;
    else {
      current[op.key] = op.to;
    }
  }

  private flawed(op: Pending): number | undefined {
    const { recipe, current } = this;
    if (recipe.flaw === 'none' || this.planted || this.length < recipe.operations) return undefined;
    if (recipe.kind === 'register' || recipe.kind === 'unique-cas') {
      this.planted = true;
      return Math.max(1, current[op.key] - 50 * recipe.concurrency);
    }
    if (current[op.key] === ANCIENT) return undefined;
    this.planted = true;
    return ANCIENT;
  }

  private complete(process: number, op: Pending): void {
    const type = op.lost ? INFO : op.refused ? FAIL : OK;
    const event = this.event(type, process, op);
    this.columns.pairs[event] = op.position;
    this.columns.pairs[op.position] = event;
    if (op.kind === CAS) this.put(event, VALUE_PAIR, op.from, op.to);
    else if (op.kind === WRITE) this.put(event, VALUE_INT, op.to, 0);
    else if (op.from !== NO_VALUE && !op.lost) this.put(event, VALUE_INT, op.from, 0);
  }

  private event(type: number, process: number, op: Pending): number {
    const { columns } = this;
    const at = this.length++;
    columns.types[at] = type;
    columns.processes[at] = process;
    columns.times[at] = at * 1000;
    columns.indices[at] = at;
    columns.functions[at] = op.kind;
    if (this.keys > 1) columns.keys[at] = op.key;
    columns.valueKinds[at] = VALUE_NULL;
    return at;
  }

  private put(at: number, kind: number, a: number, b: number): void {
    this.columns.valueKinds[at] = kind;
    this.columns.valuesA[at] = a;
    this.columns.valuesB[at] = b;
  }

  private finish(): History {
    const { columns, length } = this;
    return new History({
      length,
      types: columns.types.subarray(0, length),
      processes: columns.processes.subarray(0, length),
      times: columns.times.subarray(0, length),
      indices: columns.indices.subarray(0, length),
      functions: columns.functions.subarray(0, length),
      keys: columns.keys.subarray(0, length),
      nodes: columns.nodes.subarray(0, length),
      workloads: columns.workloads.subarray(0, length),
      errors: columns.errors.subarray(0, length),
      valueKinds: columns.valueKinds.subarray(0, length),
      valuesA: columns.valuesA.subarray(0, length),
      valuesB: columns.valuesB.subarray(0, length),
      pairs: columns.pairs.subarray(0, length),
      slab: new Uint8Array(0),
      functionNames: ['read', 'write', 'cas'],
      keyNames: Array.from({ length: this.keys === 1 ? 0 : this.keys }, (_, key) => `k${key}`),
      nodeNames: [],
      workloadNames: [],
      errorTexts: [],
    });
  }
}

interface Pending {
  kind: number;
  readonly key: number;
  from: number;
  readonly to: number;
  readonly position: number;
  took: boolean;
  readonly lost: boolean;
  refused: boolean;
}
