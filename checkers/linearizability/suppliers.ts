import { INITIAL, READ, type RegisterOperations } from './registers.js';

/** Who can have got his value from whom. */
export class Suppliers {
  /** For each operation the latest invocation of an update that returned before it was invoked. */
  private readonly overwrittenBefore: Int32Array;
  private readonly writersOf = new Map<number, number[]>();

  constructor(private readonly operations: RegisterOperations) {
    const { count, events, kinds, to, calls } = operations;
    this.overwrittenBefore = new Int32Array(count);
    let latest = -1;
    for (const code of events) {
      if (code >= 0) this.overwrittenBefore[code] = latest;
      else if (kinds[~code] !== READ) latest = Math.max(latest, calls[~code]);
    }
    for (let op = 0; op < count; op++) {
      if (kinds[op] === READ) continue;
      const writers = this.writersOf.get(to[op]);
      if (writers === undefined) this.writersOf.set(to[op], [op]);
      else writers.push(op);
    }
  }

  /** Whether anybody can have supplied the value that an operation expects. */
  hasSource(op: number): boolean {
    const { from, calls, returns } = this.operations;
    if (from[op] === INITIAL && this.overwrittenBefore[op] === -1) return true;
    for (const writer of this.writersOf.get(from[op]) ?? []) {
      if (calls[writer] > returns[op]) break;
      if (writer !== op && returns[writer] >= this.overwrittenBefore[op]) return true;
    }
    return false;
  }

  /** Adds to `kept` every update from which an operation in it can have got its value. */
  close(kept: Uint8Array): void {
    const { count, from } = this.operations;
    const waiting: number[] = [];
    for (let op = 0; op < count; op++) if (kept[op] === 1 && from[op] >= 0) waiting.push(op);
    const keep = (writer: number) => {
      if (kept[writer] === 1) return;
      kept[writer] = 1;
      if (from[writer] >= 0) waiting.push(writer);
    };
    for (let op = waiting.pop(); op !== undefined; op = waiting.pop()) {
      const { calls, returns } = this.operations;
      let latest = -1;
      let isSupplied = false;
      for (const writer of this.writersOf.get(from[op]) ?? []) {
        if (calls[writer] > returns[op]) break;
        if (writer === op) continue;
        latest = writer;
        if (returns[writer] < this.overwrittenBefore[op]) continue;
        isSupplied = true;
        keep(writer);
      }
      // His value was overwritten for certain: its last writer shows that it once was there.
      if (!isSupplied && latest !== -1) keep(latest);
    }
  }
}
