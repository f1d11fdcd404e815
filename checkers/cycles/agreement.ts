import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED, type Validity } from '../checker.js';
import type { Family } from '../transactions/transactions.js';
import type { Mop, SmallTransaction } from './brute-force.js';
import { listAppend, rwRegister } from './cycles.js';
import { allowed, DEFINITIONS, type Definition } from './definitions.js';
import { historyOf } from './oracle.js';

export interface Compared {
  readonly model: string;
  readonly ours: Validity;
  readonly allowed: boolean;
}

/** The verdict on each model that `check` accepts beside what its definition says; those that differ. */
export async function differences(
  family: Family,
  events: readonly EventInput[],
  transactions: readonly SmallTransaction[],
  options: Readonly<Record<string, Json>> = {},
  definitions: readonly Definition[] = DEFINITIONS,
): Promise<Compared[]> {
  const history = historyOf(events);
  const checker = family === 'list-append' ? listAppend : rwRegister;
  const initial = family === 'list-append' ? [] : initialValues(transactions, options);
  const readsNothing = !transactions.some(({ certain, mops }) => certain && mops.some(([f]) => f === 'r'));
  const found: Compared[] = [];
  for (const definition of definitions) {
    const { model } = definition;
    if (model.endsWith('read-uncommitted') && family === 'list-append' && contradicts(transactions)) continue;
    const { validity } = await checker.check(history, { budget: UNLIMITED, options, consistency: model });
    if (readsNothing && validity === 'unknown') continue;
    const truth = allowed(definition, transactions, family === 'list-append', initial);
    if (validity !== (truth ? 'valid' : 'invalid')) found.push({ model, ours: validity, allowed: truth });
  }
  return found;
}

/** By key: what it may have begun with. */
function initialValues(transactions: readonly SmallTransaction[], options: Readonly<Record<string, Json>>): Json[][] {
  const all = transactions.flatMap(({ mops }) => mops);
  const keys = Math.max(0, ...all.map(([, key]) => key + 1));
  return Array.from({ length: keys }, (_, key) => {
    if (options['initial'] !== undefined) return [options['initial']];
    if (options['initialState'] === 'empty') return [null];
    const written = all.filter(([f, other]) => f !== 'r' && other === key).map(([, , value]) => value);
    const read = transactions
      .filter(({ certain }) => certain)
      .flatMap(({ mops }) => mops.filter(([f, other]) => f === 'r' && other === key).map(([, , value]) => value));
    return [null, ...new Set(read.filter((value) => value !== null && !written.includes(value)))];
  });
}

/** Whether reads of one list show no common order: read uncommitted says nothing of that, nor which one to believe. */
function contradicts(transactions: readonly SmallTransaction[]): boolean {
  const reads = transactions.flatMap(({ certain, mops }) => (certain ? mops.filter(([f]) => f === 'r') : []));
  const prefix = (a: readonly Json[], b: readonly Json[]) => a.every((value, i) => b[i] === value);
  const listsOf = ([, , value]: Mop) => value as readonly Json[];
  return reads.some((a) =>
    reads.some((b) => a[1] === b[1] && !prefix(listsOf(a), listsOf(b)) && !prefix(listsOf(b), listsOf(a))),
  );
}
