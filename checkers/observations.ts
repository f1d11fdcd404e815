import type { History } from '../harness/history/history.js';
import { INVOKE, NEMESIS, NONE, OK, VALUE_NULL, VALUE_RAW, VALUE_TRANSACTION } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { nameOf } from '../harness/history/values/literal.js';
import type { Checker, Observes, Rests } from './checker.js';

/**
 * Operations whose acknowledgement tells nothing that was not known before: whatever the state was, they are answered
 * so. A history of nothing else is explained by any order of them.
 */
const BLIND: ReadonlySet<string> = new Set([
  'write',
  'w',
  'put',
  'set',
  'add',
  'append',
  'insert',
  'delete',
  'remove',
  'enqueue',
  'push',
  'release',
  'restock',
]);

/** How much there is in a history for a checker to contradict. Linear time. */
export function restsOf(checker: Pick<Checker, 'observes'>, history: History): Rests {
  const observes = typeof checker.observes === 'function' ? checker.observes : byDefault(history);
  const { types, processes } = history.columns;
  let observations = 0;
  let operations = 0;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS) continue;
    if (types[position] === INVOKE) operations++;
    else if (types[position] === OK) {
      if (history.columns.pairs[position] === NONE) operations++;
      if (observes(history, position)) observations++;
    }
  }
  return { observations, operations };
}

/** Every acknowledged operation that is not blind; of transactions, those that read. */
function byDefault({ columns }: History): Observes {
  const { functions, functionNames, valueKinds, valuesA, valuesB, microOperations } = columns;
  const blind = functionNames.map((name) => BLIND.has(name));
  const transaction = functionNames.indexOf('txn');
  return (history, completion) => {
    const kind = valueKinds[completion];
    if (kind === VALUE_TRANSACTION && microOperations !== undefined) {
      return microOperations.reads(valuesA[completion], valuesB[completion]);
    }
    if (blind[functions[completion]]) return false;
    return kind !== VALUE_RAW || functions[completion] !== transaction || readsAnything(history.value(completion));
  };
}

/** Of acknowledged operations of these names: an answer that is not null where `answered`, whatever answer otherwise. */
export function acknowledged(names: readonly string[], answered: 'anything' | 'a value' = 'anything'): Observes {
  return ({ columns }, completion) =>
    names.includes(columns.functionNames[columns.functions[completion]]) &&
    (answered === 'anything' || columns.valueKinds[completion] !== VALUE_NULL);
}

/** Of acknowledged operations of any other name. */
export function notOf(blind: readonly string[]): Observes {
  return ({ columns }, completion) => !blind.includes(columns.functionNames[columns.functions[completion]]);
}

/** Whether a value that looks like a transaction holds a read; any other value does. */
function readsAnything(value: Json): boolean {
  if (!Array.isArray(value) || value.length === 0) return true;
  const micros = value as readonly Json[];
  if (
    !micros.every(
      (micro) => Array.isArray(micro) && micro.length >= 2 && nameOf((micro as readonly Json[])[0]) !== undefined,
    )
  )
    return true;
  return micros.some((micro) => Array.isArray(micro) && nameOf((micro as readonly Json[])[0]) === 'r');
}
