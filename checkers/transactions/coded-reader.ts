import {
  APPENDED,
  type MicroOperations,
  READ_LIST,
  READ_NOTHING,
  READ_VALUE,
  WROTE,
} from '../../harness/history/micro-operations/micro-operations.js';
import type { Collector } from './collector.js';
import { NULL_VALUE } from './names.js';
import { MalformedTransaction } from './scanner.js';
import type { Family } from './transactions.js';

/** Reads transactions that the history holds by columns. */
export class CodedReader {
  /** By key of the history: 1 + its key here. */
  private readonly keys: Int32Array;
  /** By key of the history: how many elements of its list are known to begin the main branch here. */
  private readonly agreed: Int32Array;

  constructor(
    private readonly operations: MicroOperations,
    private readonly family: Family,
    private readonly into: Collector,
  ) {
    this.keys = new Int32Array(operations.keyNumbers.length);
    this.agreed = new Int32Array(operations.keyNumbers.length);
  }

  /** @throws MalformedTransaction */
  read(first: number, count: number, committed: boolean): void {
    const { kinds, keys, values } = this.operations;
    const written = this.family === 'list-append' ? APPENDED : WROTE;
    for (let at = first; at < first + count; at++) {
      const kind = kinds[at];
      const key = this.keyOf(keys[at]);
      if (kind >= WROTE) {
        if (kind !== written)
          throw new MalformedTransaction(`has micro-operation "${kind === WROTE ? 'w' : 'append'}"`);
        this.into.write(key, values[at]);
      } else if (!committed) continue;
      else if (this.family === 'list-append') this.list(key, keys[at], kind, values[at]);
      else if (kind === READ_LIST) {
        this.into.read(key, this.into.codes.codeOf(`[${this.elements(keys[at], values[at]).join(',')}]`));
      } else this.into.read(key, kind === READ_NOTHING ? NULL_VALUE : values[at]);
    }
  }

  private keyOf(key: number): number {
    if (this.keys[key] === 0) this.keys[key] = 1 + this.into.keyIds.ofInteger(this.operations.keyNumbers[key]);
    return this.keys[key] - 1;
  }

  private list(key: number, recorded: number, kind: number, length: number): void {
    if (kind === READ_VALUE) throw new MalformedTransaction('reads something else than a list');
    const main = this.into.lists.main(key);
    const size = kind === READ_LIST ? length : 0;
    const agrees = size <= this.agreed[recorded] || this.extend(main, recorded, size);
    if (agrees) this.into.read(key, size);
    else this.into.readDeviant(key, [...this.elements(recorded, size)]);
  }

  /** Whether the first `size` elements agree with the main branch, which they may make longer. */
  private extend(main: number, recorded: number, size: number): boolean {
    const { lists } = this.into;
    const elements = this.elements(recorded, size);
    for (let i = this.agreed[recorded]; i < size; i++) {
      if (i === lists.length(main)) lists.extend(main, elements[i]);
      else if (!lists.has(main, i, elements[i])) return false;
      this.agreed[recorded] = i + 1;
    }
    return true;
  }

  private elements(recorded: number, size: number): Int32Array {
    const { lists } = this.operations;
    return lists.elements(lists.main(recorded)).subarray(0, size);
  }
}
