import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, Checker } from '../checker.js';
import { Deadline } from '../linearizability/budget.js';
import { judge } from '../quantities/judge.js';
import { verdictOf } from '../verdict.js';
import { explain } from './explain.js';
import { type InventoryHistory, readInventory } from './inventory-history.js';
import { inventoryQuantities } from './inventory-quantities.js';
import { countOrByName, countOrNames } from '../option-rules.js';
import { orTooLarge } from '../values.js';

/**
 * Linearizability of a shop: each article by itself (orders, cancellations, deliveries, readings of it), then, where
 * something showed several at once, all articles together. Near-linear with a final book.
 */
export const inventoryLinearizable: Checker = orTooLarge({
  name: 'inventory-linearizable',
  summary: 'one order of all orders, cancellations, deliveries and readings explains every answer',
  options: { skus: countOrNames, initialStock: countOrByName },
  check(history, context) {
    const inventory = readInventory(history, context.options);
    const deadline = Deadline.of(context, 1024);
    const anomalies: Anomaly[] = [];
    const doubts: string[] = [];
    const checked: string[] = [];
    let most = 0;
    for (const part of parts(inventory)) {
      // Together they are no better than the worst of them.
      if (part.length > 1 && anomalies.length > 0) continue;
      const outcome = judgePart(inventory, part, deadline);
      const name = part.length > 1 ? 'all articles together, as stock-takes show them' : inventory.skus[part[0]];
      most = Math.max(most, outcome.most);
      if (outcome.anomaly) anomalies.push(outcome.anomaly);
      else if (outcome.doubt !== undefined) doubts.push(`${name}: ${outcome.doubt}`);
      if (outcome.doubt === undefined) checked.push(`one order of all operations explains every answer: ${name}`);
    }
    if (inventory.reads.length === 0) doubts.push('no reading of the stock succeeded');
    const details: Record<string, Json> = { skus: inventory.skus.length, mostConfigurations: most };
    return verdictOf({
      anomalies,
      ...(doubts.length > 0 && { undecided: doubts.join('; ') }),
      details,
      checked,
      notChecked: [
        ...doubts,
        ...(anomalies.length > 0 ? ['what comes after the first operation of an article that does not fit'] : []),
      ],
    });
  },
});

/** Each article, and all of them where that may tell more. */
function parts({ skus, reads }: InventoryHistory): readonly (readonly number[])[] {
  const single = skus.map((_, sku) => [sku]);
  const joint = skus.length > 1 && reads.some((read) => read.skus.length > 1);
  return joint ? [...single, skus.map((_, sku) => sku)] : single;
}

function judgePart(
  inventory: InventoryHistory,
  skus: readonly number[],
  deadline: Deadline,
): { readonly most: number; readonly anomaly?: Anomaly; readonly doubt?: string } {
  const translated = inventoryQuantities(inventory, skus);
  if (translated === undefined) return { most: 0, doubt: 'nothing tells the initial stock (set initialStock)' };
  const { quantities, sources } = translated;
  const judgement = judge(quantities, deadline);
  const { most } = judgement;
  switch (judgement.validity) {
    case 'valid':
      return { most };
    case 'unknown':
      return { most, doubt: judgement.reason };
    case 'invalid': {
      const culprit = sources[~quantities.events[judgement.event]];
      return { most, anomaly: explain(inventory, skus, culprit, judgement.before) };
    }
  }
}
