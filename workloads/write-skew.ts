import { surviving } from '../checkers/survival/surviving.js';
import { updates } from '../checkers/survival/traces.js';
import { writeSkew as writeSkewChecker } from '../checkers/write-skew.js';
import { fromState, phases, repeat, untilOk } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import { writeSkewOnKv } from './write-skew/kv.js';
import { writeSkewOptions } from './write-skew/options.js';
import { writeSkewOnSql } from './write-skew/sql.js';
import type { Workload, WorkloadContext } from './workload.js';

const FINAL_ATTEMPTS = 20;

/**
 * Pairs of transactions that exclude each other: each looks at both rows of a key and writes its own one only if neither
 * was written. Under serializability one of them sees the other's and refuses.
 */
export const writeSkew: Workload = {
  name: 'write-skew',
  summary: 'pairs of transactions that exclude each other, by predicate or by row: both commit under write skew (G2)',
  options: writeSkewOptions,
  operations: ['insert', 'read'],
  clients: { kv: writeSkewOnKv, sql: writeSkewOnSql },
  generator: writeSkewGenerator,
  finalGenerator: () =>
    phases(untilOk(repeat({ f: 'read', value: null }, FINAL_ATTEMPTS), { attempts: FINAL_ATTEMPTS, gapMs: 500 })),
  checkers: () => [{ checker: surviving(writeSkewChecker, updates('insert')), required: true }],
};

interface Next {
  readonly key: number;
  readonly row: 'a' | 'b';
}

/** Both transactions of a key one right after the other, so that they overlap. */
function writeSkewGenerator({ random }: WorkloadContext): Generator {
  return fromState<Next>(
    {
      initial: { key: 0, row: 'a' },
      next: ({ key, row }) => [
        { f: 'insert', value: [key, row] },
        row === 'a' ? { key, row: 'b' } : { key: key + 1, row: 'a' },
      ],
    },
    random,
  );
}
