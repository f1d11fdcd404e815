import { INITIAL, READ, type RegisterOperations } from './registers.js';

/** Who can have got his value from whom. Linear in the operations, however many values the register ever held. */
export class Suppliers {
  /** For each operation the latest invocation of an update that returned before it was invoked. */
  private readonly overwrittenBefore: Int32Array;
  /** Updates by the value they write, oldest first. */
  private readonly writers: Int32Array;
  private readonly starts: Int32Array;
  /** Rows of `starts` by value, where the values are far more than the operations; else the value is the row. */
  private readonly rows: Map<number, number> | undefined;

  constructor(private readonly operations: RegisterOperations) {
    const { count, events, kinds, to, calls, values } = operations;
    this.overwrittenBefore = new Int32Array(count);
    let latest = -1;
    for (let at = 0; at < events.length; at++) {
      const code = events[at];
      if (code >= 0) this.overwrittenBefore[code] = latest;
      else if (kinds[~code] !== READ) latest = Math.max(latest, calls[~code]);
    }
    if (values > 4 * count) this.rows = new Map();
    let updates = 0;
    for (let op = 0; op < count; op++) {
      if (kinds[op] === READ) continue;
      updates++;
      if (this.rows !== undefined && !this.rows.has(to[op])) this.rows.set(to[op], this.rows.size);
    }
    this.starts = new Int32Array((this.rows?.size ?? values) + 1);
    this.writers = new Int32Array(updates);
    for (let op = 0; op < count; op++) if (kinds[op] !== READ) this.starts[this.row(to[op]) + 1]++;
    for (let row = 1; row < this.starts.length; row++) this.starts[row] += this.starts[row - 1];
    // Filling from the back leaves each start one row early; shifting by one row gives the starts without a copy.
    for (let op = count - 1; op >= 0; op--) {
      if (kinds[op] !== READ) this.writers[--this.starts[this.row(to[op]) + 1]] = op;
    }
    this.starts.copyWithin(0, 1);
    this.starts[this.starts.length - 1] = updates;
  }

  /** Whether anybody can have supplied the value that an operation expects. */
  hasSource(op: number): boolean {
    const { from, calls, returns } = this.operations;
    if (from[op] === INITIAL && this.overwrittenBefore[op] === -1) return true;
    const row = this.row(from[op]);
    for (let at = this.starts[row]; at < this.starts[row + 1]; at++) {
      const writer = this.writers[at];
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
      const row = this.row(from[op]);
      for (let at = this.starts[row]; at < this.starts[row + 1]; at++) {
        const writer = this.writers[at];
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

  /** Where in `starts` the writers of a value are; beyond its end for a value that nobody writes. */
  private row(value: number): number {
    return this.rows === undefined ? value : (this.rows.get(value) ?? this.starts.length);
  }
}
