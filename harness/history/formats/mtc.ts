import { HistoryError } from '../history-error.js';
import type { HistoryFormat, ReadResult, Source } from './format.js';
import { type SessionTransaction, sessionHistory } from './sessions.js';
import { readText } from './text.js';

const OPERATION = /^([rw])\((\d{1,15}), ?(\d{1,15}), ?(\d{1,9}), ?(\d{1,15})\)$/;

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
  const parsed: { f: 'r' | 'w'; key: number; value: number; session: number; transaction: string; line: number }[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    if (raw.trim() === '') continue;
    const found = OPERATION.exec(raw.trim());
    if (found === null)
      throw new HistoryError('expected "r(key,value,session,transaction)" or w(…)', source.name, at + 1);
    const [key, value, session] = found.slice(2, 5).map(Number);
    parsed.push({
      f: found[1] as 'r' | 'w',
      key,
      value,
      session,
      transaction: `${found[4]}/${found[5]}`,
      line: at + 1,
    });
  }
  const zeros = new Set(parsed.filter(({ f, value }) => f === 'w' && value === 0).map(({ key }) => key));
  const transactions = new Map<
    string,
    { session: number; line: number; operations: ['r' | 'w', number, number | null][] }
  >();
  for (const { f, key, value, session, transaction, line } of parsed) {
    const own = transactions.get(transaction) ?? { session, line, operations: [] };
    transactions.set(transaction, own);
    own.operations.push([f, key, f === 'r' && value === 0 && !zeros.has(key) ? null : value]);
  }
  return sessionHistory(source.name, [...transactions.values()] satisfies SessionTransaction[]);
}
