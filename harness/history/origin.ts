import type { LineMap } from './line-map.js';

/** The file that a history came from, for messages. */
export class Origin {
  constructor(
    /** The path as given, or `standard input`. */
    readonly source: string,
    /** Ascending, of the whole history. */
    private readonly indices: Int32Array,
    private readonly lines: LineMap,
  ) {}

  /** `file:line` of the event with an index. */
  placeOf(index: number): string {
    const { indices } = this;
    let low = 0;
    let high = indices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (indices[middle] < index) low = middle + 1;
      else high = middle;
    }
    return `${this.source}:${this.lines.lineOf(low)}`;
  }
}
