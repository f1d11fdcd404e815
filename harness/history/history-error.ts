import { UserError } from '../kit/errors.js';

/** A history that cannot be judged, with the place of the first thing wrong: `file:line: problem`. */
export class HistoryError extends UserError {
  constructor(
    /** What is wrong and what to do, without the place. */
    readonly problem: string,
    /** File name, or `history` for one that was never in a file. */
    readonly source: string,
    /** From 1; undefined where the trouble is the file as a whole. */
    readonly line?: number,
  ) {
    super(`${line === undefined ? source : `${source}:${line}`}: ${problem}`);
  }
}
