import { z } from 'zod';
import { isForbidden, modelOf } from '../checkers/against.js';
import type { Checker } from '../checkers/checker.js';
import { listAppend } from '../checkers/cycles/cycles.js';
import { surviving } from '../checkers/survival/surviving.js';
import { appendTraces } from '../checkers/survival/traces.js';
import type { Json } from '../harness/history/operation.js';
import type { Representation } from './transactions/client.js';
import { transactionOptions } from './transactions/options.js';
import type { Column } from './transactions/sql-client.js';
import { transactionWorkload } from './transactions/workload.js';

/** A list as JSON text. A damaged one is left to the reader: appending to it keeps what is there. */
const lists: Representation = {
  writes: 'extend',
  initial: [],
  written: (state, value) => [...(Array.isArray(state) ? (state as readonly Json[]) : [state]), value],
};

/** A list as text, a comma after each element, so that appending is one concatenation. */
const texts: Column = {
  type: 'text',
  shown: (stored) =>
    String(stored ?? '')
      .split(',')
      .slice(0, -1)
      .map((element) => (/^\d{1,15}$/.test(element) ? Number(element) : element)),
  written: (stored, value) => `${stored ?? ''}${String(value)},`,
  appended: (value) => `${String(value)},`,
};

const OVERWRITTEN = 'incompatible-order';

/**
 * The judge takes an append for one step of the database. Where clients read, extend and write instead, a lost update
 * overwrites an element, and then lists tell no order of writes to judge anything else by: a model that allows lost
 * updates stays undecided.
 */
const judge: Checker = {
  ...listAppend,
  async check(history, context) {
    const verdict = await listAppend.check(history, context);
    const overwritten = verdict.anomalies.some(({ kind }) => kind === OVERWRITTEN);
    const mayLose = context.options['updates'] === 'computed' && !isForbidden(modelOf(context), 'lost-update');
    if (!overwritten || !mayLose) return verdict;
    const { anomalies, details, checked } = verdict;
    const reason =
      'appends that clients calculated were overwritten, which the model allows: no order of writes is left';
    return { validity: 'unknown', reason, anomalies, details, checked: [], notChecked: checked };
  },
};

/** Transactions that append to lists and read them whole, which shows the order of all writes. */
export const append = transactionWorkload({
  name: 'append',
  summary: 'transactions of list appends and reads over several keys: isolation anomalies up to strict serializability',
  options: z.object(transactionOptions),
  write: 'append',
  inKeys: lists,
  inRows: texts,
  checker: surviving(judge, appendTraces),
});
