/** The time of day as a machine has it: wrong by an offset, and going at a rate of its own. */
export class WallClock {
  private offsetNs: number;
  private sinceNs = 0;

  /** `rate`: ns of it in one ns of the true time. */
  constructor(
    private rate: number,
    offsetNs: number,
  ) {
    this.offsetNs = offsetNs;
  }

  /** At a true time. */
  at(trueNs: number): number {
    return trueNs + Math.floor(this.ahead(trueNs));
  }

  /** How far it is ahead of the true time. */
  ahead(trueNs: number): number {
    return this.offsetNs + (this.rate - 1) * (trueNs - this.sinceNs);
  }

  set(trueNs: number, { offsetNs, rate }: { readonly offsetNs: number; readonly rate: number }): void {
    this.offsetNs = offsetNs;
    this.rate = rate;
    this.sinceNs = trueNs;
  }
}
