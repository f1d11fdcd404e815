import { fromState } from '../../harness/generator/combinators.js';
import type { Generator } from '../../harness/generator/generator.js';
import type { Invocation, Json } from '../../harness/history/operation.js';
import type { Dice, Random } from '../../harness/kit/random.js';
import type { TransactionOptions } from './options.js';

interface ActiveKey {
  readonly key: number;
  readonly writes: number;
}

interface Keys {
  readonly active: readonly ActiveKey[];
  /** The next key that nobody used yet. */
  readonly fresh: number;
}

/**
 * Transactions of reads and writes on a few keys at a time. Every value is written once per key, counting from 1; a key
 * that has had its share of writes is replaced by a fresh one, so that lists and version orders stay short.
 */
export function transactions(write: 'append' | 'w', options: TransactionOptions, random: Random): Generator {
  const { activeKeys } = options;
  const active = Array.from({ length: activeKeys }, (_, key) => ({ key, writes: 0 }));
  return fromState<Keys>(
    { initial: { active, fresh: activeKeys }, next: (keys, dice) => transaction(keys, write, options, dice) },
    random,
  );
}

function transaction(
  keys: Keys,
  write: 'append' | 'w',
  { maxOperations, readOnlyShare, writesPerKey }: TransactionOptions,
  dice: Dice,
): readonly [Invocation, Keys] {
  const readOnly = dice.chance(readOnlyShare);
  const value: Json[] = [];
  let { active, fresh } = keys;
  for (let left = 1 + dice.int(maxOperations); left > 0; left--) {
    const slot = dice.int(active.length);
    const { key, writes } = active[slot];
    if (readOnly || dice.chance(0.5)) {
      value.push(['r', key, null]);
      continue;
    }
    value.push([write, key, writes + 1]);
    const used = writes + 1 < writesPerKey ? { key, writes: writes + 1 } : { key: fresh++, writes: 0 };
    active = active.with(slot, used);
  }
  return [
    { f: 'txn', value },
    { active, fresh },
  ];
}
