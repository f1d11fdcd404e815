import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../../harness/history/formats/read.js';
import { readTransactions } from '../../transactions/reader.js';
import { Limits } from '../limits.js';
import { decideRegisters } from './decide.js';

const folder = new URL('../../../../shared/histories/transactions/', import.meta.url);
const missing = !existsSync(folder);
if (missing) console.warn(`external corpus not found at ${folder.pathname}: its verdicts are not checked`);

describe.skipIf(missing)('the external corpus', () => {
  it.each([
    ['awdit/causal/long-fork.txt', 'invalid', 'invalid'],
    ['mtc/long-fork.txt', 'invalid', 'invalid'],
    ['mtc/lost-update.txt', 'invalid', 'invalid'],
    ['mtc/write-skew.txt', 'valid', 'invalid'],
  ])('%s: snapshot isolation %s, serializable %s', async (file, snapshot, serializable) => {
    const { history } = await readHistory(new URL(file, folder).pathname);
    const transactions = readTransactions(history, 'rw-register');
    expect([
      decideRegisters(transactions, 'snapshot-isolation', 'process', new Limits()).kind,
      decideRegisters(transactions, 'serializable', 'process', new Limits()).kind,
    ]).toEqual([snapshot, serializable]);
  });
});
