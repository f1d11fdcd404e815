/** So few new keys are put in one by one. */
const FEW = 8;

/**
 * A set of keys in the order of their code units; what has a prefix stands together. Keys find their place when somebody
 * asks: followers take in thousands, and nobody ever asks them.
 */
export class SortedKeys {
  private keys: string[] = [];
  private waiting: string[] = [];

  get all(): readonly string[] {
    this.settle();
    return this.keys;
  }

  clear(): void {
    this.keys.length = 0;
    this.waiting.length = 0;
  }

  /** No effect where it is there. */
  add(key: string): void {
    const { keys } = this;
    // Many keys are new and last.
    if (keys.length === 0 || key > keys[keys.length - 1]) keys.push(key);
    else this.waiting.push(key);
  }

  delete(key: string): void {
    this.settle();
    const at = this.position(key);
    if (this.keys[at] === key) this.keys.splice(at, 1);
  }

  startingWith(prefix: string): readonly string[] {
    this.settle();
    const from = this.position(prefix);
    let to = from;
    while (to < this.keys.length && this.keys[to].startsWith(prefix)) to++;
    return this.keys.slice(from, to);
  }

  private settle(): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    if (waiting.length > FEW) this.keys = [...new Set([...this.keys, ...waiting])].sort();
    else for (const key of waiting) this.insert(key);
    waiting.length = 0;
  }

  private insert(key: string): void {
    const at = this.position(key);
    if (this.keys[at] !== key) this.keys.splice(at, 0, key);
  }

  /** Of the first key that is not before it. */
  private position(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
