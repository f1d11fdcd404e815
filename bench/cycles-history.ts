import { History, INVOKE, NONE, OK, VALUE_RAW } from '../harness/history/history.js';

export interface TransactionMix {
  readonly family: 'list-append' | 'rw-register';
  readonly transactions: number;
  readonly processes: number;
  readonly seed: number;
  /** A share of read-only transactions that see the state as it was this many transactions ago. */
  readonly stale?: { readonly share: number; readonly by: number };
}

const ACTIVE_KEYS = 10;
const WRITES_PER_KEY = 32;
const MAX_MOPS = 4;

/**
 * A history of a strictly serializable store, straight into columns: 1 to 4 micro-operations, half of them reads, on 10
 * active keys of 32 writes each. Every transaction takes effect at once, somewhere between its events.
 */
export function transactionHistory(mix: TransactionMix): History {
  return new Store(mix).run();
}

interface Open {
  readonly invoke: number;
  readonly mops: readonly (readonly [read: boolean, key: number, value: number])[];
  text?: string;
}

class Store {
  private readonly columns;
  private slab = Buffer.alloc(1 << 20);
  private used = 0;
  private position = 0;
  private random: number;
  private readonly active: number[] = [];
  private readonly written: number[] = [];
  private nextKey = 0;
  /** By key: its list, or its value. */
  private readonly states = new Map<number, string[]>();
  /** Lists only grow, so a stale state is a shorter length. */
  private readonly past: { readonly key: number; readonly length: number }[] = [];

  constructor(private readonly mix: TransactionMix) {
    const length = mix.transactions * 2;
    this.random = mix.seed | 1;
    this.columns = {
      length,
      types: new Uint8Array(length),
      processes: new Int32Array(length),
      times: new Float64Array(length),
      indices: new Int32Array(length),
      functions: new Uint16Array(length),
      keys: new Int32Array(length).fill(NONE),
      nodes: new Int16Array(length).fill(NONE),
      workloads: new Int16Array(length).fill(NONE),
      errors: new Int32Array(length).fill(NONE),
      valueKinds: new Uint8Array(length).fill(VALUE_RAW),
      valuesA: new Int32Array(length),
      valuesB: new Int32Array(length),
      pairs: new Int32Array(length),
    };
    for (let i = 0; i < ACTIVE_KEYS; i++) this.freshKey(i);
  }

  run(): History {
    const { transactions, processes } = this.mix;
    const open = new Array<Open | undefined>(processes);
    let started = 0;
    let finished = 0;
    while (finished < transactions) {
      const process = this.int(processes);
      const current = open[process];
      if (current === undefined) {
        if (started === transactions) continue;
        started++;
        open[process] = this.invoke(process);
      } else if (current.text === undefined && this.int(2) === 0) {
        current.text = this.execute(current);
      } else {
        current.text ??= this.execute(current);
        this.complete(process, current.invoke, current.text);
        open[process] = undefined;
        finished++;
      }
    }
    return new History({
      ...this.columns,
      slab: this.slab.subarray(0, this.used),
      functionNames: ['txn'],
      keyNames: [],
      nodeNames: [],
      workloadNames: [],
      errorTexts: [],
    });
  }

  private invoke(process: number): Open {
    const mops: [boolean, number, number][] = [];
    const count = 1 + this.int(MAX_MOPS);
    for (let i = 0; i < count; i++) {
      const slot = this.int(ACTIVE_KEYS);
      const key = this.active[slot];
      if (this.int(2) === 0) mops.push([true, key, 0]);
      else {
        mops.push([false, key, ++this.written[slot]]);
        if (this.written[slot] === WRITES_PER_KEY) this.freshKey(slot);
      }
    }
    const text = mops.map(([read, key, value]) => this.mop(read, key, read ? 'null' : String(value))).join();
    const invoke = this.event(INVOKE, process, `[${text}]`);
    return { invoke, mops };
  }

  private execute({ mops }: Open): string {
    const { stale, family } = this.mix;
    const lists = family === 'list-append';
    const readOnly = mops.every(([read]) => read);
    const behind = stale !== undefined && readOnly && this.int(1_000_000) < stale.share * 1_000_000 ? stale.by : 0;
    const forgotten = new Map<number, number>();
    for (const { key, length } of behind ? this.past.slice(-behind) : []) {
      if (!forgotten.has(key)) forgotten.set(key, length);
    }
    const parts = mops.map(([read, key, value]) => {
      const state = this.states.get(key) ?? [];
      if (read) {
        const seen = state.slice(0, forgotten.get(key) ?? state.length);
        return this.mop(true, key, lists ? `[${seen.join()}]` : (seen.at(-1) ?? 'null'));
      }
      this.states.set(key, state);
      if (stale) this.past.push({ key, length: state.length });
      state.push(String(value));
      return this.mop(false, key, String(value));
    });
    return `[${parts.join()}]`;
  }

  private mop(read: boolean, key: number, value: string): string {
    const write = this.mix.family === 'list-append' ? 'append' : 'w';
    return `["${read ? 'r' : write}",${String(key)},${value}]`;
  }

  private complete(process: number, invoke: number, text: string): void {
    const position = this.event(OK, process, text);
    this.columns.pairs[position] = invoke;
    this.columns.pairs[invoke] = position;
  }

  private event(type: number, process: number, text: string): number {
    const position = this.position++;
    if (this.used + text.length > this.slab.length) {
      const grown = Buffer.alloc(this.slab.length * 2);
      this.slab.copy(grown);
      this.slab = grown;
    }
    this.slab.write(text, this.used, 'latin1');
    this.columns.types[position] = type;
    this.columns.processes[position] = process;
    this.columns.times[position] = position * 1000;
    this.columns.indices[position] = position;
    this.columns.valuesA[position] = this.used;
    this.columns.valuesB[position] = text.length;
    this.used += text.length;
    return position;
  }

  private freshKey(slot: number): void {
    this.active[slot] = this.nextKey++;
    this.written[slot] = 0;
  }

  /** xorshift32: fast, and the same on every machine. */
  private int(bound: number): number {
    let x = this.random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.random = x;
    return (x >>> 0) % bound;
  }
}
