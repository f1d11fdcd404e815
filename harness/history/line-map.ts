/** Which line an event stands on: only the places where "one line an event" shifts are kept. */
export class LineMap {
  private readonly positions: number[] = [];
  private readonly shifts: number[] = [];
  /** Once events were put in another order: for each place, where it stood in the file. */
  private order: Int32Array | undefined;

  note(position: number, line: number): void {
    const shift = line - position;
    if (shift === (this.shifts.at(-1) ?? 1)) return;
    this.positions.push(position);
    this.shifts.push(shift);
  }

  /** Events now stand in another order: `order[place]` is where each stood before. */
  reorder(order: Int32Array): void {
    const { order: before } = this;
    this.order = before === undefined ? order : order.map((place) => before[place]);
  }

  lineOf(place: number): number {
    const position = this.order?.[place] ?? place;
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.positions[middle] <= position) low = middle + 1;
      else high = middle;
    }
    return position + (low === 0 ? 1 : this.shifts[low - 1]);
  }
}
