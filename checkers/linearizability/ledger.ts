/** Unknown operations by class: how many were invoked so far, and vectors of how many were spent, interned. */
export class CreditLedger {
  /** Classes with at least one unknown operation. */
  readonly classes: number[] = [];
  private readonly granted: number[][];
  private readonly vectors: ReadonlyMap<number, number>[] = [new Map()];
  private readonly ids = new Map<string, number>([['', 0]]);
  private readonly transitions = new Map<number, number>();

  constructor(private readonly classCount: number) {
    this.granted = Array.from({ length: classCount }, () => []);
  }

  /** Number of interned vectors. */
  get size(): number {
    return this.vectors.length;
  }

  grant(operationClass: number, op: number): void {
    if (this.granted[operationClass].length === 0) this.classes.push(operationClass);
    this.granted[operationClass].push(op);
  }

  /** The vector with one more of the class spent, or −1 when none is left. */
  spend(vector: number, operationClass: number): number {
    const used = this.vectors[vector].get(operationClass) ?? 0;
    if (used >= this.granted[operationClass].length) return -1;
    const transition = vector * this.classCount + operationClass;
    let after = this.transitions.get(transition);
    if (after === undefined) {
      const counts = new Map(this.vectors[vector]).set(operationClass, used + 1);
      const text = [...counts].sort(([a], [b]) => a - b).join(';');
      after = this.ids.get(text);
      if (after === undefined) {
        after = this.vectors.length;
        this.ids.set(text, after);
        this.vectors.push(counts);
      }
      this.transitions.set(transition, after);
    }
    return after;
  }

  /** The operation whose effect brought the class's count to what it is in `vector`. */
  operation(vector: number, operationClass: number): number {
    return this.granted[operationClass][(this.vectors[vector].get(operationClass) ?? 1) - 1];
  }
}
