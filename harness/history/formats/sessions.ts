import { HistoryBuilder } from '../builder.js';
import { HistoryError } from '../history-error.js';
import type { Json } from '../operation.js';
import { identity } from '../values/identity.js';
import { NO_REALTIME, type ReadResult } from './format.js';

/** What a read saw, what a write wrote. */
export type SessionOperation = readonly [f: 'r' | 'w', key: Json, value: Json];

/** A transaction of a log that knows nothing but sessions. */
export interface SessionTransaction {
  readonly session: number | string;
  readonly operations: readonly SessionOperation[];
  /** Of its first operation. */
  readonly line: number;
}

/**
 * A history of `txn` operations of which only each session's own order is known. One process a session; the n-th
 * transactions of all sessions are invoked together and then completed together, which makes up as little real-time
 * order as a history can express. Not none: two sessions of two transactions each cannot all overlap. So nothing that
 * depends on real time may be concluded, and the note says so.
 */
function sessionHistory(source: string, transactions: readonly SessionTransaction[]): ReadResult {
  if (transactions.length === 0) throw new HistoryError('no transactions in it', source);
  const bySession = new Map<number | string, SessionTransaction[]>();
  for (const transaction of transactions) {
    const own = bySession.get(transaction.session) ?? [];
    own.push(transaction);
    bySession.set(transaction.session, own);
  }
  const sessions = [...bySession.values()];
  const builder = new HistoryBuilder({ source });
  const rounds = sessions.reduce((most, own) => Math.max(most, own.length), 0);
  for (let round = 0; round < rounds; round++) {
    for (const type of ['invoke', 'ok'] as const) {
      sessions.forEach((own, process) => {
        const transaction = own[round];
        if (transaction === undefined) return;
        const value = transaction.operations.map(([f, key, read]): Json => [
          f,
          key,
          type === 'invoke' && f === 'r' ? null : read,
        ]);
        builder.append({ process, type, f: 'txn', value }, transaction.line);
      });
    }
  }
  const history = builder.build();
  return { history, notes: [NO_REALTIME, ...builder.notes] };
}

/**
 * A history of a format in which every key begins as 0. It is null here where a read saw 0 and nobody writes a 0; where
 * somebody does, a 0 may be either, and the initial value is left open.
 */
export function sessionsFromZero(source: string, transactions: readonly SessionTransaction[]): ReadResult {
  const all = transactions.flatMap(({ operations }) => operations);
  const zeros = new Set(all.filter(([f, , value]) => f === 'w' && value === 0).map(([, key]) => identity(key)));
  const seen = (key: Json, value: Json) => (value === 0 && !zeros.has(identity(key)) ? null : value);
  const seenFromNull = transactions.map((transaction) => ({
    ...transaction,
    operations: transaction.operations.map(([f, key, value]): SessionOperation => [
      f,
      key,
      f === 'r' ? seen(key, value) : value,
    ]),
  }));
  return { ...sessionHistory(source, seenFromNull), ...(zeros.size === 0 && { defines: { initial: null } }) };
}
