import { after, eachThread, fromState, once, phases, repeat, untilOk } from '../../harness/generator/combinators.js';
import type { Generator } from '../../harness/generator/generator.js';
import type { Invocation, Json, Operation } from '../../harness/history/operation.js';
import type { Dice } from '../../harness/kit/random.js';
import { SETTLE_MS } from '../final-reads.js';
import type { WorkloadContext } from '../workload.js';
import { parseInventoryOptions, skuName } from './options.js';

interface Order {
  readonly id: number;
  readonly sku: string;
}

interface State {
  readonly nextId: number;
  /** Orders that somebody may cancel: confirmed ones, and some whose outcome is unknown. */
  readonly cancellable: readonly Order[];
}

const KEPT_ORDERS = 24;
const FINAL_ATTEMPTS = 20;

/**
 * Orders, cancellations, deliveries, reads of one article and stock-takes of all, in proportions that keep the stock
 * low: articles sell out now and then, which is when a shop goes wrong.
 */
export function inventoryGenerator(context: WorkloadContext): Generator {
  const { skus, maxQuantity, maxRestock, regions } = parseInventoryOptions(context.options);
  const region = (thread: number) => String.fromCharCode(65 + (thread % regions));
  return fromState<State>(
    {
      initial: { nextId: 1, cancellable: [] },
      next(state, dice, context) {
        const key = skuName(dice.int(skus));
        const choice = dice.float();
        if (choice < 0.2) return [{ f: 'read', key, value: null }, state];
        if (choice < 0.28) return [{ f: 'stock-take', value: null }, state];
        if (choice < 0.4 && state.cancellable.length > 0) return cancel(state, dice);
        const { nextId: id } = state;
        const after = { ...state, nextId: id + 1 };
        if (choice < 0.48) return [{ f: 'restock', key, value: { id, quantity: 1 + dice.int(maxRestock) } }, after];
        const thread = context.freeThread();
        const value = {
          id,
          quantity: 1 + dice.int(maxQuantity),
          region: region(typeof thread === 'number' ? thread : 0),
        };
        return [{ f: 'order', key, value }, after];
      },
      observe: learn,
    },
    context.random,
  );
}

/** Mostly each order is cancelled once; now and then a second time, which must not return it twice. */
function cancel(state: State, dice: Dice): readonly [Invocation, State] {
  const at = dice.int(state.cancellable.length);
  const { id, sku } = state.cancellable[at];
  const cancellable = dice.chance(0.1) ? state.cancellable : state.cancellable.toSpliced(at, 1);
  return [
    { f: 'cancel', key: sku, value: { order: id } },
    { ...state, cancellable },
  ];
}

function learn(state: State, { type, f, key, value }: Operation): State {
  if (f !== 'order' || key === undefined || (type !== 'ok' && type !== 'info')) return state;
  const { id, outcome } = (value ?? {}) as { readonly id?: Json; readonly outcome?: Json };
  if (typeof id !== 'number' || (type === 'ok' && outcome !== 'confirmed')) return state;
  return { ...state, cancellable: [...state.cancellable, { id, sku: key }].slice(-KEPT_ORDERS) };
}

/** Stock-takes over every session, so that each node's replica is seen; a while later stock and book together. */
export function inventoryFinalGenerator(): Generator {
  return phases(
    eachThread(untilOk(repeat({ f: 'stock-take', value: null }, 3), { attempts: 3, gapMs: 500 })),
    after(
      SETTLE_MS,
      untilOk(repeat({ f: 'book', value: null }, FINAL_ATTEMPTS), { attempts: FINAL_ATTEMPTS, gapMs: 500 }),
    ),
    eachThread(once({ f: 'stock-take', value: null })),
  );
}
