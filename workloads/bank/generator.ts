import { after, fromState, eachThread, once, phases, repeat, untilOk } from '../../harness/generator/combinators.js';
import type { Generator } from '../../harness/generator/generator.js';
import type { Dice } from '../../harness/kit/random.js';
import { SETTLE_MS } from '../final-reads.js';
import type { WorkloadContext } from '../workload.js';
import { parseBankOptions } from './options.js';

/** What a transfer is asked to do. */
export interface Transfer {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

const TRANSFERS = 0.6;
const FINAL_ATTEMPTS = 20;

/** Transfers between two random accounts, each with an id of its own, and reads of all accounts. */
export function bankGenerator(context: WorkloadContext): Generator {
  const { accounts, maxTransfer } = parseBankOptions(context.options);
  return fromState(
    {
      initial: 1,
      next(id: number, dice) {
        if (!dice.chance(TRANSFERS)) return [{ f: 'read', value: null }, id];
        const value = { id, ...twoAccounts(dice, accounts), amount: 1 + dice.int(maxTransfer) };
        return [{ f: 'transfer', value }, id + 1];
      },
    },
    context.random,
  );
}

/** A read over every session, so that each node's replica is seen; a while later balances and ledger together. */
export function bankFinalGenerator(): Generator {
  return phases(
    eachThread(untilOk(repeat({ f: 'read', value: null }, 3), { attempts: 3, gapMs: 500 })),
    after(
      SETTLE_MS,
      untilOk(repeat({ f: 'ledger', value: null }, FINAL_ATTEMPTS), { attempts: FINAL_ATTEMPTS, gapMs: 500 }),
    ),
    eachThread(once({ f: 'read', value: null })),
  );
}

function twoAccounts(dice: Dice, accounts: number): { readonly from: number; readonly to: number } {
  const from = dice.int(accounts);
  return { from, to: (from + 1 + dice.int(accounts - 1)) % accounts };
}
