import type { Json } from '../../../harness/history/operation.js';
import type { Model } from '../../model.js';
import { isObject } from '../../values.js';
import { type Article, inventoryModel, stepArticle } from '../model.js';

interface Shop {
  readonly articles: Readonly<Record<string, Article>>;
  /** Every order ever confirmed: `id sku quantity`, and every delivery. */
  readonly orders: readonly string[];
  readonly restocks: readonly string[];
}

/** The whole shop, for the oracle: inputs carry the article as `sku`. Options `skus` (list), `initialStock`. */
export const shopModel: Model<Shop> = {
  name: 'shop',
  summary: 'a whole shop, for tests',
  operations: ['order', 'cancel', 'restock', 'read', 'stock-take', 'book'],
  initial(options) {
    const names = options['skus'] as readonly string[];
    const article = inventoryModel.initial(options);
    return { articles: Object.fromEntries(names.map((name) => [name, article])), orders: [], restocks: [] };
  },
  step(state, operation) {
    const { f, input, output } = operation;
    if (f === 'stock-take' || f === 'book') return output === undefined || shows(state, f, output) ? state : undefined;
    const { sku, id, quantity } = input as Readonly<Record<string, Json>>;
    const name = String(sku);
    const before = state.articles[name];
    const after = stepArticle(before, operation);
    if (after === undefined || after === before) return after && state;
    const entry = `${id} ${name} ${quantity}`;
    return {
      articles: { ...state.articles, [name]: after },
      orders: f === 'order' ? [...state.orders, entry].sort() : state.orders,
      restocks: f === 'restock' ? [...state.restocks, entry].sort() : state.restocks,
    };
  },
  key: (state) => JSON.stringify(state),
  isRead: ({ f }) => f === 'read' || f === 'stock-take' || f === 'book',
  describe: ({ f }) => f,
  describeState: (state) => JSON.stringify(state),
};

function shows({ articles, orders, restocks }: Shop, f: string, output: Json): boolean {
  if (!isObject(output) || !isObject(output['stock'])) return false;
  const { stock } = output;
  if (!Object.entries(articles).every(([name, article]) => stock[name] === article.stock)) return false;
  if (f === 'stock-take') return true;
  const entries = (list: Json | undefined) =>
    (list as readonly Readonly<Record<string, Json>>[])
      .map(({ id, sku, quantity }) => `${id} ${sku} ${quantity}`)
      .sort();
  const standing = (output['orders'] as readonly Readonly<Record<string, Json>>[]).every(({ id, sku, status }) => {
    const stands = Object.hasOwn(articles[String(sku)].standing, String(id));
    return stands === (status === 'confirmed');
  });
  return (
    standing &&
    entries(output['orders']).join() === orders.join() &&
    entries(output['restocks']).join() === restocks.join()
  );
}
