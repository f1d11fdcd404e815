import { NULL_VALUE } from '../transactions/names.js';
import type { Transactions } from '../transactions/transactions.js';

/** A value as people wrote it; that of a register's initial state may be the key's own. */
export function valueName({ codes, initialNames }: Transactions, key: number, code: number): string {
  return (code === NULL_VALUE ? initialNames?.get(key) : undefined) ?? codes.nameOf(code);
}
