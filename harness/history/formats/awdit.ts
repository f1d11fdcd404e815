import { HistoryError } from '../history-error.js';
import type { HistoryFormat, ReadResult, Source } from './format.js';
import { integer } from '../values/numbers.js';
import { type SessionOperation, type SessionTransaction, sessionsFromZero } from './sessions.js';
import { readText } from './text.js';

const OPERATION = /^([rw]) (\d+) (\d+)$/;

/** Plain text of weak-isolation checkers: `r key value` and `w key value`. */
export const awdit: HistoryFormat = {
  name: 'awdit',
  summary: 'text of "r key value" / "w key value" lines, sessions parted by =====, transactions by -----',
  hasPairs: false,
  detect: (head) => /^\s*[rw] \d+ \d+\s*$/m.test(head.slice(0, 4096)) && !/[{(]/.test(head.slice(0, 4096)),
  read: readAwdit,
};

async function readAwdit(source: Source): Promise<ReadResult> {
  const text = await readText(source);
  const transactions: SessionTransaction[] = [];
  let session = 0;
  let operations: SessionOperation[] = [];
  let firstLine = 1;
  const finish = () => {
    if (operations.length > 0) transactions.push({ session, operations, line: firstLine });
    operations = [];
  };
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '') continue;
    if (/^-{3,}$/.test(line)) finish();
    else if (/^={3,}$/.test(line)) {
      finish();
      session++;
    } else {
      const found = OPERATION.exec(line);
      if (found === null)
        throw new HistoryError('expected "r key value", "w key value", ===== or -----', source.name, at + 1);
      if (operations.length === 0) firstLine = at + 1;
      operations.push([found[1] as 'r' | 'w', integer(found[2]), integer(found[3])]);
    }
  }
  finish();
  return sessionsFromZero(source.name, transactions);
}
