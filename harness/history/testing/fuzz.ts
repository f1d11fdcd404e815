import { isDeepStrictEqual } from 'node:util';
import { Random } from '../../kit/random.js';
import { HistoryError } from '../history-error.js';
import type { HistoryFormat } from '../formats/format.js';
import { readStream } from '../formats/jsonl/sequential.js';
import { damaged, journalLines } from './mutate.js';
import { eventsOf, referenceEvents } from './reference.js';

export interface FuzzResult {
  readonly lines: number;
  readonly accepted: number;
  readonly rejected: number;
}

/**
 * Reads damaged journals until so many lines have gone through.
 *
 * @throws Error with the seed of the first file on which the reader crashed, complained without a line, or understood
 *   an event otherwise than `JSON.parse` does.
 */
export async function fuzz(seed: number, linesWanted: number): Promise<FuzzResult> {
  let lines = 0;
  let accepted = 0;
  let rejected = 0;
  for (let round = 0; lines < linesWanted; round++) {
    const fileSeed = (seed * 1_000_003 + round) | 0;
    const [{ bytes, count }] = Random.fromSeed(fileSeed).draw((dice) => {
      const journal = journalLines(dice, 1 + dice.int(40));
      return { bytes: damaged(dice, journal, dice.pick([0, 1, 1, 1, 2, 3])), count: journal.length };
    });
    lines += count;
    if (await readsLikeReference(bytes, fileSeed)) accepted++;
    else rejected++;
  }
  return { lines, accepted, rejected };
}

async function readsLikeReference(bytes: Uint8Array, seed: number): Promise<boolean> {
  try {
    const { history } = await readStream('fuzz', pieces(bytes));
    const expected = referenceEvents(new TextDecoder().decode(bytes));
    const actual = eventsOf(history);
    if (isDeepStrictEqual(actual, expected)) return true;
    throw new Error(`read ${JSON.stringify(actual)} where the reference has ${JSON.stringify(expected)}`);
  } catch (error) {
    if (error instanceof HistoryError && (error.line !== undefined || error.problem.startsWith('no events')))
      return false;
    throw new Error(`file of seed ${seed}`, { cause: error });
  }
}

/** A stream in pieces that end anywhere. */
async function* pieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const middle = bytes.length >> 1;
  yield await Promise.resolve(bytes.subarray(0, middle));
  yield bytes.subarray(middle);
}

/**
 * Reads damaged texts of any format.
 *
 * @throws Error with the seed of the first text on which the format crashed instead of complaining.
 */
export async function fuzzFormat(format: HistoryFormat, lines: readonly string[], seed: number, rounds: number) {
  let [accepted, rejected] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const fileSeed = (seed * 1_000_003 + round) | 0;
    const [bytes] = Random.fromSeed(fileSeed).draw((dice) => damaged(dice, lines, dice.int(3)));
    try {
      await format.read({ name: 'fuzz', pieces: () => pieces(bytes) }, {});
      accepted++;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw new Error(`text of seed ${fileSeed}`, { cause: error });
      rejected++;
    }
  }
  return { accepted, rejected };
}
