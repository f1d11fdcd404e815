import type { SessionFamily, SessionsByFamily } from '../../docker/system.js';
import type { Dice } from '../../harness/kit/random.js';

/** What every store in memory is given. */
export interface FakeTools {
  readonly dice: Dice;
  /** Waits for its turn before anything happens, so that calls of several sessions interleave. */
  readonly turn: () => Promise<void>;
  /** ns since the test began. */
  readonly now: () => number;
  /** Share of calls whose outcome the client never learns. */
  readonly unknownShare?: number;
  /** Share of the calls that a bug could spoil and does; all without it. */
  readonly bugShare?: number;
}

/** A store in memory that speaks one family. */
export interface Fake<F extends SessionFamily = SessionFamily> {
  session(node: string): SessionsByFamily[F];
}
