import { z } from 'zod';
import { rwRegisterFromEmpty } from '../checkers/cycles/cycles.js';
import { surviving } from '../checkers/survival/surviving.js';
import { transactionTraces } from '../checkers/survival/traces.js';
import type { Representation } from './transactions/client.js';
import { transactionOptions } from './transactions/options.js';
import type { Column } from './transactions/sql-client.js';
import { transactionWorkload } from './transactions/workload.js';

const yesOrNo = () => z.union([z.boolean(), z.stringbool()]);

const options = z.object({
  ...transactionOptions,
  writesFollowReads: yesOrNo().default(true).describe('infer that a transaction wrote after what it read'),
  sequentialKeys: yesOrNo()
    .default(false)
    .describe('infer versions assuming each key alone is sequentially consistent'),
  linearizableKeys: yesOrNo().default(false).describe('infer versions assuming each key alone is linearizable'),
});

const registers: Representation = { writes: 'replace', initial: null, written: (_, value) => value };

const numbers: Column = {
  type: 'integer',
  shown: (stored) => stored ?? null,
  written: (_, value) => Number(value),
};

/** Transactions that write unique values to registers and read them. */
export const wr = transactionWorkload({
  name: 'wr',
  summary:
    'transactions of register writes and reads over several keys: isolation anomalies, writes without reading first',
  options,
  write: 'w',
  inKeys: registers,
  inRows: numbers,
  checker: surviving(rwRegisterFromEmpty, transactionTraces),
});
