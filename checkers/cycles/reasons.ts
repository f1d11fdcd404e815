import { lastRead, EXTERNAL, INTERMEDIATE, WRITE, type Transactions } from '../transactions/transactions.js';
import { NULL_VALUE } from '../transactions/names.js';
import { RW, WR, WW } from './graph.js';
import { versionOrder } from './list-order.js';
import { valueName } from './value-name.js';

/** Why one transaction depends on another, in words. `a` and `b` are the names to use for them. */
export type Reason = (from: number, to: number, relation: number, a: string, b: string) => string;

/** Reasons between list-append transactions: looked up again from the micro-operations, as few edges are ever explained. */
export function listReasons(transactions: Transactions): Reason {
  const { keyNames, codes, keys, values } = transactions;
  return (from, to, relation, a, b) => {
    const appends = mopsOf(transactions, to, WRITE);
    if (relation === WR) {
      for (const read of mopsOf(transactions, to, 0)) {
        const last = lastRead(transactions, read);
        const write = mopsOf(transactions, from, WRITE).find((mop) => keys[mop] === keys[read] && values[mop] === last);
        if (write !== undefined)
          return `${b} observed ${a}'s append of ${codes.nameOf(last!)} to key ${keyNames[keys[read]]}`;
      }
    }
    for (const append of appends) {
      const key = keyNames[keys[append]];
      const value = codes.nameOf(values[append]);
      const { previous, observed } = before(transactions, keys[append], values[append]);
      const late =
        observed || previous === undefined ? '' : ', which no read shows and so comes after all that reads show';
      if (relation === WW) {
        const write = mopsOf(transactions, from, WRITE).find(
          (mop) => keys[mop] === keys[append] && values[mop] === previous,
        );
        if (write !== undefined)
          return `${b} appended ${value} after ${a} appended ${codes.nameOf(values[write])} to key ${key}${late}`;
      }
      if (relation === RW) {
        const read = mopsOf(transactions, from, 0).find(
          (mop) => keys[mop] === keys[append] && lastRead(transactions, mop) === previous,
        );
        if (read === undefined) continue;
        return previous === undefined
          ? `${a} read key ${key} empty, before ${b} appended ${value} to it${late}`
          : `${a} did not observe ${b}'s append of ${value} to key ${key}${late}`;
      }
    }
    return `${b} depends on ${a}`;
  };
}

/** Reasons between register transactions. */
export function registerReasons(transactions: Transactions): Reason {
  const { keyNames, keys, values, mops } = transactions;
  return (from, to, relation, a, b) => {
    const external = (transaction: number) =>
      mopsOf(transactions, transaction, 0).filter((mop) => mops[mop] & EXTERNAL);
    const last = (transaction: number) =>
      mopsOf(transactions, transaction, WRITE).filter((mop) => !(mops[mop] & INTERMEDIATE));
    const valueOf = (mop: number) => valueName(transactions, keys[mop], values[mop]);
    const text = (mop: number) => `key ${keyNames[keys[mop]]} = ${valueOf(mop)}`;
    const pairs = (left: readonly number[], right: readonly number[]) =>
      left.flatMap((x) => right.filter((y) => keys[x] === keys[y]).map((y) => [x, y] as const));
    if (relation === WR) {
      const pair = pairs(last(from), external(to)).find(([x, y]) => values[x] === values[y]);
      if (pair) return `${b} read ${text(pair[0])}, which ${a} wrote`;
    }
    if (relation === WW || relation === RW) {
      const candidates = pairs(relation === WW ? last(from) : external(from), last(to)).filter(
        ([x, y]) => values[x] !== values[y],
      );
      const initial = candidates.find(([x]) => values[x] === NULL_VALUE);
      if (initial)
        return `${a} read key ${keyNames[keys[initial[0]]]} in its initial state, before ${b} wrote ${text(initial[1])}`;
      const replaced = candidates.find(([x]) =>
        external(to).some((read) => keys[read] === keys[x] && values[read] === values[x]),
      );
      const verb = relation === WW ? 'wrote' : 'read';
      if (replaced) return `${a} ${verb} ${text(replaced[0])}, which ${b} read and replaced by ${valueOf(replaced[1])}`;
      const [pair] = candidates;
      if (pair) return `${a} ${verb} ${text(pair[0])}, and ${b} wrote ${text(pair[1])}, a later version`;
    }
    return `${b} depends on ${a}`;
  };
}

function mopsOf({ starts, mops }: Transactions, transaction: number, flag: 0 | typeof WRITE): number[] {
  const found: number[] = [];
  for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++)
    if ((mops[mop] & WRITE) === flag) found.push(mop);
  return found;
}

/** The element before a value in the version order; for a value that no read shows, the last element that one does. */
function before(
  transactions: Transactions,
  key: number,
  value: number,
): { readonly previous: number | undefined; readonly observed: boolean } {
  const order = versionOrder(transactions.lists, key);
  const place = order.indexOf(value);
  return place < 0 ? { previous: order.at(-1), observed: false } : { previous: order[place - 1], observed: true };
}
