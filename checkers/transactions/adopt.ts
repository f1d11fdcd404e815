import { INFO, INVOKE, NEMESIS, NONE, OK, VALUE_TRANSACTION, type History } from '../../harness/history/history.js';
import {
  APPENDED,
  READ_LIST,
  READ_NOTHING,
  READ_VALUE,
  WROTE,
} from '../../harness/history/micro-operations/micro-operations.js';
import type { Lists } from '../../harness/history/micro-operations/lists.js';
import { Accesses } from './accesses.js';
import { NULL_VALUE, ValueCodes } from './names.js';
import type { Family, Pace, Transactions } from './transactions.js';

/**
 * The transactions of a history that holds all of them by columns already: those columns are taken as they are, so that a
 * million transactions cost little more memory than their history. Undefined where anything is text or of another family.
 */
export function adopted(history: History, family: Family, pace: Pace): Transactions | undefined {
  const { microOperations } = history.columns;
  const found = microOperations && census(history, family, pace);
  if (microOperations === undefined || found === undefined) return undefined;
  const { length, kept } = found;
  // Reads of transactions that did not commit are left out, and events that were sorted after they were read leave their
  // micro-operations as the lines stood: then columns of our own are needed.
  const whole = found.inOrder && kept === microOperations.length;
  const lists = family === 'list-append';
  const keys = whole ? microOperations.keys.subarray(0, kept) : new Int32Array(kept);
  const values = whole && lists ? microOperations.values.subarray(0, kept) : new Int32Array(kept);
  const invokes = new Int32Array(length);
  const completions = new Int32Array(length);
  const statuses = new Uint8Array(length);
  const starts = new Int32Array(length + 1);
  const mops = new Uint8Array(kept);
  const accesses = new Accesses(microOperations.keyNumbers.length);
  const { valuesA, valuesB } = history.columns;
  let transaction = 0;
  let mop = 0;
  eachTransaction(history, (invoke, completion, status) => {
    pace.tick('reading transactions');
    invokes[transaction] = invoke;
    completions[transaction] = completion;
    statuses[transaction] = status;
    starts[transaction] = mop;
    const end = valuesA[invoke] + valuesB[invoke];
    for (let at = valuesA[invoke]; at < end; at++) {
      const kind = microOperations.kinds[at];
      if (kind < WROTE && status !== OK) continue;
      const key = microOperations.keys[at];
      if (!whole) keys[mop] = key;
      if (!whole || !lists) values[mop] = kind === READ_NOTHING && !lists ? NULL_VALUE : microOperations.values[at];
      if (kind < WROTE) accesses.read(mops, mop, transaction, key);
      else accesses.write(mops, mop, transaction, key);
      mop++;
    }
    transaction++;
  });
  starts[length] = mop;
  const keyNames = microOperations.keyNumbers.map(String);
  return {
    ...{ history, family, length, invokes, completions, statuses, starts, mops, keys, values },
    deviants: new Map(),
    lists: microOperations.lists,
    keyNames,
    codes: new ValueCodes(),
  };
}

/** How many transactions there are, and micro-operations that count; undefined where one is not by columns. */
function census(
  history: History,
  family: Family,
  pace: Pace,
): { readonly length: number; readonly kept: number; readonly inOrder: boolean } | undefined {
  const { valueKinds, valuesA, valuesB, microOperations } = history.columns;
  const [written, unread] = family === 'list-append' ? [APPENDED, READ_VALUE] : [WROTE, READ_LIST];
  const shown = new Int32Array(microOperations?.keyNumbers.length ?? 0);
  let length = 0;
  let kept = 0;
  let asked = 0;
  let inOrder = true;
  let fits = true;
  eachTransaction(history, (invoke, completion, status) => {
    pace.tick('reading transactions');
    fits &&= valueKinds[invoke] === VALUE_TRANSACTION;
    fits &&= status !== OK || (completion !== invoke && valueKinds[completion] === VALUE_TRANSACTION);
    // Where lines were out of order, the answer may be kept with another transaction that asked the same.
    fits &&= status !== OK || valuesA[completion] === valuesA[invoke];
    if (!fits || microOperations === undefined) return;
    length++;
    inOrder &&= valuesA[invoke] === asked;
    asked += valuesB[invoke];
    for (let at = valuesA[invoke]; at < valuesA[invoke] + valuesB[invoke]; at++) {
      const kind = microOperations.kinds[at];
      if (kind === unread || (kind >= WROTE && kind !== written)) fits = false;
      if (kind >= WROTE || status === OK) kept++;
      if (kind === READ_LIST)
        shown[microOperations.keys[at]] = Math.max(shown[microOperations.keys[at]], microOperations.values[at]);
    }
  });
  return fits && ownLists(shown, microOperations?.lists) ? { length, kept, inOrder } : undefined;
}

/** Whether somebody here read every list to its end: what another workload alone saw under the same key is not ours. */
function ownLists(shown: Int32Array, lists: Lists | undefined): boolean {
  return shown.every((length, key) => {
    const main = lists?.mainIfAny(key) ?? NONE;
    return length === (main === NONE ? 0 : lists?.length(main));
  });
}

/** Visits client transactions by their events' positions, in order of invocation. */
export function eachTransaction(
  { columns }: History,
  visit: (invoke: number, completion: number, status: number) => void,
): void {
  const { types, processes, pairs, length } = columns;
  for (let position = 0; position < length; position++) {
    if (processes[position] === NEMESIS) continue;
    const partner = pairs[position];
    if (types[position] === INVOKE) visit(position, partner, partner === NONE ? INFO : types[partner]);
    else if (partner === NONE) visit(position, position, types[position]);
  }
}
