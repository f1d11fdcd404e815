import type { Anomaly } from '../../checker.js';
import { elementsRead, WRITE, type Transactions } from '../../transactions/transactions.js';
import { longestBranch } from '../list-order.js';
import { nameTransaction, operationsOf } from '../naming.js';
import { ownerOf } from '../../transactions/transactions.js';
import { valueName } from '../value-name.js';

const NAMED = 4;
const SHOWN = 40;

/** Transactions that no execution explains, with those whose reads fix the order of their appends. */
export function unexplained(transactions: Transactions, witness: readonly number[], model: string): Anomaly {
  const orders = evidence(transactions, witness);
  const names = witness.slice(0, NAMED).map((member) => nameTransaction(transactions, member));
  const others = witness.length - names.length;
  const listed = others > 0 ? `${names.join(', ')} and ${String(others)} more` : names.join(', ');
  const members = [...new Set([...witness, ...orders])].sort((a, b) => a - b);
  const lines = members.slice(0, SHOWN).map((member, i) => `T${String(i + 1)} = ${show(transactions, member)}`);
  return {
    kind: `no-${model}-execution`,
    sentence:
      `no execution under ${model} explains what ${String(witness.length)} transactions read, ` +
      `in whatever order their writes replaced each other: ${listed}`,
    explanation: members.length > SHOWN ? [...lines, `and ${String(members.length - SHOWN)} more`] : lines,
    operations: operationsOf(transactions, members),
    rulesOut: [model],
  };
}

/** The longest read of each list that the witness touches: it tells the order of appends, and which came after it. */
function evidence(transactions: Transactions, witness: readonly number[]): number[] {
  if (transactions.family !== 'list-append') return [];
  const { starts, keys, mops, values, lists } = transactions;
  const touched = new Set<number>();
  for (const member of witness) for (let mop = starts[member]; mop < starts[member + 1]; mop++) touched.add(keys[mop]);
  const longest = new Map<number, number>();
  for (let mop = 0; mop < mops.length; mop++) {
    if (mops[mop] & WRITE || !touched.has(keys[mop]) || longest.has(keys[mop])) continue;
    const branch = longestBranch(lists, keys[mop]);
    if (branch >= 0 && values[mop] > 0 && values[mop] === lists.length(branch)) longest.set(keys[mop], mop);
  }
  return [...longest.values()].map((mop) => ownerOf(transactions, mop));
}

function show(transactions: Transactions, transaction: number): string {
  const { starts, mops, keys, values, keyNames } = transactions;
  const parts: string[] = [];
  for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) {
    const key = keyNames[keys[mop]];
    const value = (code: number) => valueName(transactions, keys[mop], code);
    if (transactions.family === 'rw-register') {
      parts.push(`${mops[mop] & WRITE ? 'w' : 'r'} ${key} ${value(values[mop])}`);
    } else if (mops[mop] & WRITE) parts.push(`append ${key} ${value(values[mop])}`);
    else parts.push(`r ${key} ${listText(elementsRead(transactions, mop), value)}`);
  }
  return `[${parts.join(', ')}], ${nameTransaction(transactions, transaction)}`;
}

function listText(elements: Int32Array, name: (code: number) => string): string {
  const shown = Array.from(elements.subarray(-8), name).join(' ');
  return elements.length > 8 ? `[… ${shown}]` : `[${shown}]`;
}
