import type { Transactions } from '../../transactions/transactions.js';
import { WRITE } from '../../transactions/transactions.js';
import { nameTransaction } from '../naming.js';
import type { Isolation } from './isolation.js';
import type { Registers } from './registers.js';
import { valueName } from '../value-name.js';
import type { TimeOrdering } from './time.js';

const ORDERS: Readonly<Record<TimeOrdering, string>> = {
  none: '',
  process: ' that keeps the order of each process',
  realtime: ' that agrees with real time',
};

/** Transactions that are written out. */
const SHOWN = 12;

export function impossibleSentence(
  transactions: Transactions,
  registers: Registers,
  witness: Int32Array,
  isolation: Isolation,
  order: TimeOrdering,
): { readonly sentence: string; readonly explanation: readonly string[] } {
  const members = Array.from(witness, (member) => registers.transactions[member]);
  const names = members.slice(0, 4).map((member) => nameTransaction(transactions, member));
  const others = members.length - names.length;
  const listed = others > 0 ? `${names.join(', ')} and ${String(others)} more` : names.join(', ');
  const execution = isolation === 'serializable' ? 'serial order' : 'order of snapshots and commits';
  const sentence =
    `no ${execution}${ORDERS[order]} explains what ${String(members.length)} transactions read, ` +
    `in whatever order their writes replaced each other: ${listed}`;
  const lines = members.slice(0, SHOWN).map((member, i) => `T${String(i + 1)} = ${show(transactions, member)}`);
  if (members.length > SHOWN) lines.push(`and ${String(members.length - SHOWN)} more`);
  return { sentence, explanation: lines };
}

function show(transactions: Transactions, transaction: number): string {
  const { starts, mops, keys, values, keyNames } = transactions;
  const parts: string[] = [];
  for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) {
    parts.push(
      `${mops[mop] & WRITE ? 'w' : 'r'} ${keyNames[keys[mop]]} ${valueName(transactions, keys[mop], values[mop])}`,
    );
  }
  return `[${parts.join(', ')}], ${nameTransaction(transactions, transaction)}`;
}
