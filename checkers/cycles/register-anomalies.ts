import type { Transactions } from '../transactions/transactions.js';
import { nameTransaction } from './naming.js';
import { valueName } from './value-name.js';

/** Sentences of register anomalies that need no cycle. */
export class RegisterNames {
  constructor(private readonly transactions: Transactions) {}

  internal(owner: number, key: number, expected: number, value: number): string {
    return (
      `${this.who(owner)} read ${this.value(key, value)} from key ${this.key(key)}, ` +
      `which its own earlier accesses had at ${this.value(key, expected)}`
    );
  }

  thinAir(reader: number, key: number, value: number): string {
    return `${this.who(reader)} read ${this.value(key, value)} from key ${this.key(key)}, which no transaction ever wrote`;
  }

  future(reader: number, key: number, value: number): string {
    return `${this.who(reader)} read ${this.value(key, value)} from key ${this.key(key)} before writing it itself`;
  }

  aborted(reader: number, writer: number, key: number, value: number): string {
    return `${this.who(reader)} read ${this.value(key, value)} from key ${this.key(key)}, written by ${this.who(writer)}, which had failed`;
  }

  intermediate(reader: number, writer: number, key: number, value: number): string {
    return (
      `${this.who(reader)} read ${this.value(key, value)} from key ${this.key(key)}, ` +
      `which was not the last write of ${this.who(writer)} to that key`
    );
  }

  lostUpdate(first: number, second: number, key: number, value: number): string {
    return `${this.who(first)} and ${this.who(second)} both read key ${this.key(key)} = ${this.value(key, value)} and both wrote it`;
  }

  cyclicVersions(key: number, source: string, transactions: readonly number[]): string {
    return (
      `the versions of key ${this.key(key)} precede each other in a circle if one assumes ${source}: ` +
      `among others ${transactions
        .slice(0, 3)
        .map((transaction) => this.who(transaction))
        .join(', ')}`
    );
  }

  private who(transaction: number): string {
    return nameTransaction(this.transactions, transaction);
  }

  private key(key: number): string {
    return this.transactions.keyNames[key];
  }

  private value(key: number, code: number): string {
    return valueName(this.transactions, key, code);
  }
}
