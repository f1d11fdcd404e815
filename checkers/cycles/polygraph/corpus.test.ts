import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../../harness/history/builder.js';
import { readHistory } from '../../../harness/history/formats/read.js';
import { readTransactions } from '../../transactions/reader.js';
import { Limits } from '../limits.js';
import { historyOf, impossible, smallFrom } from '../oracle.js';
import { decideRegisters } from './decide.js';
import { LEVELS } from './levels.js';

const folder = new URL('../../../../shared/histories/transactions/', import.meta.url);
const missing = !existsSync(folder);
if (missing) console.warn(`external corpus not found at ${folder.pathname}: its verdicts are not checked`);

const lines = <T>(name: string): T[] =>
  readFileSync(new URL(name, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

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

  /**
   * Elle orders the versions of a register by the assumptions asked for alone. Where it finds a violation there is one;
   * where it finds none, or nothing to judge, there may be one still. Those are proven by brute force as far as it reaches.
   */
  it.each(['rw', 'rw-wfr'])('rules out what Elle rules out, and more: %s', (name) => {
    const histories = lines<{ ops: EventInput[] }>('rw.jsonl').map(({ ops }) => ops);
    const golden = lines<{ id: number; valid: Record<string, boolean | 'unknown'> }>(`${name}.elle.jsonl`);
    const tally = new Map<string, number>();
    for (const { id, valid } of golden) {
      const transactions = readTransactions(historyOf(histories[id]), 'rw-register');
      for (const { model, isolation, order } of LEVELS) {
        if (!(model in valid)) continue;
        const { kind } = decideRegisters(transactions, isolation, order, new Limits());
        expect(['valid', 'invalid']).toContain(kind);
        if (valid[model] === false) expect([id, model, kind]).toEqual([id, model, 'invalid']);
        else if (kind === 'invalid') {
          tally.set(model, (tally.get(model) ?? 0) + 1);
          const small = smallFrom('rw-register', histories[id]);
          if (small.transactions.length <= 6) expect([id, model, impossible(small, model)]).toEqual([id, model, true]);
        }
      }
    }
    expect(Object.fromEntries(tally)).toEqual(BEYOND_ELLE[name]);
  });
});

/** How many histories are invalid of which Elle says otherwise, by model. */
const BEYOND_ELLE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  rw: {
    'strict-serializable': 70,
    'strong-session-serializable': 41,
    serializable: 13,
    'snapshot-isolation': 17,
  },
  'rw-wfr': {
    'strict-serializable': 68,
    'strong-session-serializable': 40,
    serializable: 13,
    'snapshot-isolation': 17,
  },
};
