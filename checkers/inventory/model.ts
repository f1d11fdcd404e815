import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { numberOption } from '../options.js';
import { isObject } from '../values.js';

/** One article: pieces in stock, and each order's quantity while it stands. */
export interface Article {
  readonly stock: number;
  /** Ids ascending. */
  readonly standing: Readonly<Record<string, number>>;
}

/**
 * One article of a shop as a sequential specification, for the general search; articles are told apart by key, so
 * stock-takes and books are beyond it. The special checker is held against it. Option `initialStock` (default 100).
 */
export const inventoryModel: Model<Article> = {
  name: 'inventory',
  summary: 'order, cancel, restock and read one article of a shop; option initialStock (default 100)',
  operations: ['order', 'cancel', 'restock', 'read'],
  initial: (options) => ({
    stock: numberOption(options, 'initialStock', Number.MAX_SAFE_INTEGER) ?? 100,
    standing: {},
  }),
  step: stepArticle,
  key: (state) => JSON.stringify(state),
  isRead: ({ f }) => f === 'read',
  describe: ({ f, input, output }) =>
    `${f} ${JSON.stringify(input)} → ${output === undefined ? '?' : JSON.stringify(output)}`,
  describeState: ({ stock }) => `${stock} in stock`,
};

export function stepArticle(state: Article, { f, input, output }: ModelOperation): Article | undefined {
  const { stock, standing } = state;
  const asked = isObject(input) ? input : {};
  const answered = isObject(output) ? output['outcome'] : undefined;
  switch (f) {
    case 'read':
      return output === undefined || output === stock ? state : undefined;
    case 'restock':
      return { stock: stock + Number(asked['quantity']), standing };
    case 'order': {
      const quantity = Number(asked['quantity']);
      const soldOut = stock < quantity;
      if (output === undefined ? soldOut : (answered === 'sold-out') !== soldOut)
        return output === undefined ? state : undefined;
      return soldOut
        ? state
        : { stock: stock - quantity, standing: sorted({ ...standing, [String(asked['id'])]: quantity }) };
    }
    case 'cancel': {
      const id = String(asked['order'] as Json);
      const found = Object.hasOwn(standing, id);
      if (output === undefined ? !found : (answered === 'not-found') === found)
        return output === undefined ? state : undefined;
      if (!found) return state;
      const { [id]: quantity, ...others } = standing;
      return { stock: stock + quantity, standing: others };
    }
    default:
      return undefined;
  }
}

function sorted(record: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
