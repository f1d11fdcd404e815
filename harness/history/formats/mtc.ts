import { HistoryError } from '../history-error.js';
import type { HistoryFormat, ReadResult, Source } from './format.js';
import { integer } from '../values/numbers.js';
import { type SessionOperation, type SessionTransaction, sessionsFromZero } from './sessions.js';
import { readText } from './text.js';

const OPERATION = /^([rw])\((\d+), ?(\d+), ?(\d+), ?(\d+)\)$/;

/** Text of mini-transaction checkers. A value 0 that nobody writes is the initial value: null here. */
export const mtc: HistoryFormat = {
  name: 'mtc',
  summary: 'text of "r(key, value, session, transaction)" / "w(…)" lines; 0 is the initial value unless written',
  hasPairs: false,
  detect: (head) => /^\s*[rw]\(\d+, ?\d+, ?\d+, ?\d+\)/.test(head),
  read: readMtc,
};

async function readMtc(source: Source): Promise<ReadResult> {
  const text = await readText(source);
  const transactions = new Map<string, SessionTransaction & { readonly operations: SessionOperation[] }>();
  for (const [at, raw] of text.split('\n').entries()) {
    if (raw.trim() === '') continue;
    const found = OPERATION.exec(raw.trim());
    if (found === null)
      throw new HistoryError('expected "r(key,value,session,transaction)" or w(…)', source.name, at + 1);
    const [f, key, value, session, transaction] = found.slice(1) as ['r' | 'w', string, string, string, string];
    const name = `${BigInt(session)}/${BigInt(transaction)}`;
    const own = transactions.get(name) ?? { session: String(BigInt(session)), line: at + 1, operations: [] };
    transactions.set(name, own);
    own.operations.push([f, integer(key), integer(value)]);
  }
  return sessionsFromZero(source.name, [...transactions.values()]);
}
