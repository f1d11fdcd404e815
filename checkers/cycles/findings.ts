/** A violation seen without searching for cycles. */
export interface Finding {
  readonly kind: string;
  /** Transactions that prove it, the culprit first. */
  readonly transactions: readonly number[];
  readonly sentence: string;
}

const EXAMPLES = 8;

/** Counts findings of each kind and keeps the first few. */
export class Findings {
  readonly counts = new Map<string, number>();
  readonly examples: Finding[] = [];

  /** `describe` runs only for findings that are kept. */
  add(kind: string, transactions: readonly number[], describe: () => string): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count <= EXAMPLES) this.examples.push({ kind, transactions, sentence: describe() });
  }
}
