import type { History } from '../../harness/history/history.js';
import type { Collector } from './collector.js';
import { NULL_VALUE } from './names.js';
import {
  MalformedTransaction,
  MicroOpScanner,
  MOP_APPEND,
  MOP_READ,
  MOP_WRITE,
  type KnownList,
  type MopName,
} from './scanner.js';
import type { Family } from './transactions.js';

/** Reads transactions from their JSON text. */
export class TextReader {
  private readonly scanner: MicroOpScanner;
  private readonly writeName: MopName;
  /** By key: the text of its longest list so far. */
  private readonly longest: (KnownList | undefined)[] = [];

  constructor(
    history: History,
    private readonly family: Family,
    private readonly into: Collector,
  ) {
    this.scanner = new MicroOpScanner(history.columns.slab, into.keyIds, into.codes);
    this.writeName = family === 'list-append' ? MOP_APPEND : MOP_WRITE;
  }

  /** @throws MalformedTransaction or SyntaxError */
  read(offset: number, length: number, committed: boolean): void {
    const scanner = this.scanner;
    scanner.start(offset, length);
    while (scanner.more()) {
      const name = scanner.openMop();
      if (name !== MOP_READ && name !== this.writeName) {
        throw new MalformedTransaction(`has micro-operation "${name === MOP_APPEND ? 'append' : 'w'}"`);
      }
      scanner.comma();
      const key = scanner.key();
      scanner.comma();
      if (name !== MOP_READ) this.write(key);
      else if (!committed) this.skipRead();
      else if (this.family === 'list-append') this.list(key);
      else this.into.read(key, scanner.value());
      scanner.closeMop();
    }
    scanner.finish();
  }

  private write(key: number): void {
    const value = this.scanner.value();
    if (value === NULL_VALUE && this.family === 'list-append') throw new MalformedTransaction('appends null');
    this.into.write(key, value);
  }

  /** Reads a list, comparing it with the key's main branch; nothing is stored that is known. */
  private list(key: number): void {
    const { scanner } = this;
    const main = this.into.lists.main(key);
    const known = this.longest[key];
    const kind = known === undefined ? 'other' : scanner.compare(known);
    if (kind === 'same' || kind === 'prefix') this.into.read(key, scanner.elements);
    else this.elements(key, main, kind === 'longer' ? known : undefined);
  }

  /** Reads a list element by element, from `known` elements on. */
  private elements(key: number, main: number, known: KnownList | undefined): void {
    const { scanner } = this;
    const { lists } = this.into;
    let extent = lists.length(main);
    let length = known?.elements ?? 0;
    let deviant: number[] | undefined;
    const sizeBefore = known?.sizeBytes ?? 0;
    const start = scanner.at - sizeBefore;
    if (known !== undefined || scanner.openList()) {
      while (scanner.more()) {
        const value = scanner.value();
        if (value === NULL_VALUE) throw new MalformedTransaction('reads null as an element of a list');
        if (deviant) deviant.push(value);
        else if (length === extent) {
          lists.extend(main, value);
          extent++;
        } else if (!lists.has(main, length, value)) {
          deviant = [...lists.elements(main).subarray(0, length), value];
        }
        length++;
      }
    }
    if (!deviant && length === extent && length > 0 && scanner.comparable(start)) {
      this.longest[key] = { offset: start, sizeBytes: scanner.at - 1 - start, elements: length };
    }
    if (deviant) this.into.readDeviant(key, deviant);
    else this.into.read(key, length);
  }

  /** The read of a transaction that did not commit: checked for shape, not kept. */
  private skipRead(): void {
    if (this.family === 'rw-register') this.scanner.value();
    else if (this.scanner.openList()) while (this.scanner.more()) this.scanner.value();
  }
}
