import { MicroOperations } from './micro-operations/micro-operations.js';

/** Entries and slab bytes that a {@link ColumnStore} starts with unless told. */
const FIRST_CAPACITY = 1024;
const FIRST_SLAB_CAPACITY = 4096;

type Buffers = (sizeBytes: number) => ArrayBufferLike;
const ownMemory: Buffers = (sizeBytes) => new ArrayBuffer(sizeBytes);
const sharedMemory: Buffers = (sizeBytes) => new SharedArrayBuffer(sizeBytes);

/** One row of a {@link ColumnStore}; see `HistoryColumns` for the meaning of each. */
export interface Row {
  readonly type: number;
  readonly process: number;
  readonly time: number;
  readonly index: number;
  readonly function: number;
  readonly key: number;
  readonly node: number;
  readonly workload: number;
  readonly error: number;
}

/**
 * The columns of a history while it is being recorded or read: growable typed arrays, `length` of them in use.
 *
 * `shared` puts them into shared memory, so that several threads may fill one store; it must then be made large enough
 * at once. Memory that is never written costs nothing: the kernel hands out pages when they are touched.
 */
export class ColumnStore {
  length = 0;
  slabLength = 0;
  /** Where times are since an epoch: what was taken from each of them, so that a double holds it. */
  epoch: bigint | undefined;
  types!: Uint8Array;
  processes!: Int32Array;
  times!: Float64Array;
  indices!: Int32Array;
  functions!: Uint16Array;
  keys!: Int32Array;
  nodes!: Int16Array;
  workloads!: Int16Array;
  errors!: Int32Array;
  valueKinds!: Uint8Array;
  valuesA!: Int32Array;
  valuesB!: Int32Array;
  slab: Uint8Array;
  readonly microOperations: MicroOperations;

  constructor(
    private capacity = FIRST_CAPACITY,
    slabCapacity = FIRST_SLAB_CAPACITY,
    private readonly memory: 'own' | 'shared' = 'own',
    microOperations = 0,
  ) {
    this.microOperations = new MicroOperations(microOperations);
    const buffers = memory === 'shared' ? sharedMemory : ownMemory;
    this.slab = new Uint8Array(buffers(slabCapacity));
    this.allocate(capacity, buffers);
  }

  /** Makes room for so many more events. */
  reserve(events: number): void {
    if (this.length + events <= this.capacity) return;
    if (this.memory === 'shared') throw new RangeError('a shared column store cannot grow');
    const old = { ...this };
    this.capacity = Math.max(this.length + events, this.capacity * 2);
    this.allocate(this.capacity, ownMemory);
    for (const name of COLUMNS) this[name].set(old[name]);
  }

  /** Makes room for so many more bytes of JSON text. */
  reserveSlab(sizeBytes: number): void {
    if (this.slabLength + sizeBytes <= this.slab.length) return;
    if (this.memory === 'shared') throw new RangeError('a shared column store cannot grow');
    const grown = new Uint8Array(Math.max(this.slabLength + sizeBytes, this.slab.length * 2));
    grown.set(this.slab.subarray(0, this.slabLength));
    this.slab = grown;
  }

  /** Writes everything but the value; the caller has reserved room and advances `length`. */
  put(row: Row): void {
    const at = this.length;
    this.types[at] = row.type;
    this.processes[at] = row.process;
    this.times[at] = row.time;
    this.indices[at] = row.index;
    this.functions[at] = row.function;
    this.keys[at] = row.key;
    this.nodes[at] = row.node;
    this.workloads[at] = row.workload;
    this.errors[at] = row.error;
  }

  private allocate(capacity: number, buffers: Buffers): void {
    this.types = new Uint8Array(buffers(capacity));
    this.processes = new Int32Array(buffers(capacity * 4));
    this.times = new Float64Array(buffers(capacity * 8));
    this.indices = new Int32Array(buffers(capacity * 4));
    this.functions = new Uint16Array(buffers(capacity * 2));
    this.keys = new Int32Array(buffers(capacity * 4));
    this.nodes = new Int16Array(buffers(capacity * 2));
    this.workloads = new Int16Array(buffers(capacity * 2));
    this.errors = new Int32Array(buffers(capacity * 4));
    this.valueKinds = new Uint8Array(buffers(capacity));
    this.valuesA = new Int32Array(buffers(capacity * 4));
    this.valuesB = new Int32Array(buffers(capacity * 4));
  }
}

/** The per-event columns of a store, all but the slab. */
export const COLUMNS = [
  'types',
  'processes',
  'times',
  'indices',
  'functions',
  'keys',
  'nodes',
  'workloads',
  'errors',
  'valueKinds',
  'valuesA',
  'valuesB',
] as const satisfies readonly (keyof ColumnStore)[];

/** Strings by number, in the order of their first appearance. */
export interface Names {
  readonly size: number;
  readonly names: readonly string[];
  intern(name: string): number;
}

export class NameTable implements Names {
  readonly names: string[] = [];
  private readonly ids = new Map<string, number>();

  get size(): number {
    return this.names.length;
  }

  intern(name: string): number {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = this.names.length;
    this.ids.set(name, id);
    this.names.push(name);
    return id;
  }
}
