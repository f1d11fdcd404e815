import { z } from 'zod';
import { count } from '../option-types.js';

export const writeSkewOptions = z.object({
  form: z
    .enum(['predicate', 'rows'])
    .default('predicate')
    .describe(
      'predicate: each inserts a row if a query finds none (G2); rows: each changes one of two rows that exist, as of two ' +
        'doctors on call of whom one has to stay (G2-item)',
    ),
  duties: count(1000).default(10).describe('rows: pairs of rows, used in turn'),
});

export type WriteSkewOptions = z.infer<typeof writeSkewOptions>;

/** The two rows of a key: whose transaction writes which. */
export type Row = 'a' | 'b';
export const ROWS: readonly Row[] = ['a', 'b'];

/**
 * In form `rows` keys are rounds of a duty: key 23 of 10 duties is round 3 (from 1) of duty 3. A row holds the last round
 * in which its doctor left, so the rows need no resetting, and a transaction of an old round finds itself refused.
 */
export function roundOf(key: number, { duties }: WriteSkewOptions): { readonly duty: number; readonly round: number } {
  return { duty: key % duties, round: Math.floor(key / duties) + 1 };
}

export function keyOfRound(duty: number, round: number, { duties }: WriteSkewOptions): number {
  return (round - 1) * duties + duty;
}
