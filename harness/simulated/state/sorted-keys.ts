/** A set of keys in the order of their code units; what has a prefix stands together. */
export class SortedKeys {
  private readonly keys: string[] = [];

  get all(): readonly string[] {
    return this.keys;
  }

  clear(): void {
    this.keys.length = 0;
  }

  /** No effect where it is there. */
  add(key: string): void {
    const { keys } = this;
    // Most keys are new and last.
    const at = keys.length === 0 || key > keys[keys.length - 1] ? keys.length : this.position(key);
    if (keys[at] !== key) keys.splice(at, 0, key);
  }

  delete(key: string): void {
    const at = this.position(key);
    if (this.keys[at] === key) this.keys.splice(at, 1);
  }

  startingWith(prefix: string): readonly string[] {
    const from = this.position(prefix);
    let to = from;
    while (to < this.keys.length && this.keys[to].startsWith(prefix)) to++;
    return this.keys.slice(from, to);
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
