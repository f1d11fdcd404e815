import { z } from 'zod';

/** A whole number from 1 to `most`, also as text. */
export const count = (most: number) => z.coerce.number().int().min(1).max(most);

/** A probability, also as text. */
export const share = () => z.coerce.number().min(0).max(1);

/** Tries of a conditional write whose condition did not hold, which is definite: nothing happened. */
export const attempts = (preset: number) =>
  count(100)
    .default(preset)
    .describe(
      'kv: times a conditional write is tried when another client was faster; then it fails, without effect; sql never tries ' +
        'again',
    );
