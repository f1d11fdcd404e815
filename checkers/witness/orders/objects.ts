import type { Json } from '../../../harness/history/operation.js';
import type { Model, ModelOperation } from '../../model.js';
import type { Evidence, Listed } from '../evidence.js';
import type { Puzzle } from './order.js';

/** Options that decide with what an object begins. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  counter: ['initial'],
  'fetch-and-add': ['initial'],
  kv: ['initial'],
  register: ['initial'],
  'cas-register': ['initial'],
  semaphore: ['permits'],
};

/**
 * One object by its sequential specification, all of whose updates are listed as the evidence says; or why that is not
 * so. Operations that only read may be missing.
 */
export function objectPuzzle<State>(
  { operations, premises }: Evidence,
  model: Model<State>,
  precedes: (earlier: Listed, later: Listed) => boolean,
): Puzzle<State> | string {
  const all = premises.find((premise) => premise.fact === 'updates');
  if (all?.fact !== 'updates' || all.model !== model.name) return 'it is not said that every update is listed';
  const options: Record<string, Json> = {};
  for (const name of OPTIONS[model.name] ?? []) {
    const premise = premises.find((other) => other.fact === 'option' && other.name === name);
    if (premise?.fact !== 'option') return `it is not said what ${name} is`;
    if (premise.value !== null) options[name] = premise.value;
  }
  const seen = operations.map(({ invocation, completion, outcome }): ModelOperation => {
    const { f, value: input } = invocation;
    return { f, input, output: outcome === 'ok' ? completion?.value : undefined };
  });
  const isForeign = ({ invocation, completion, outcome }: Listed, op: number) =>
    (outcome === 'ok' && completion!.index > all.before) ||
    invocation.key !== all.key ||
    (all.part !== undefined && model.partition?.(seen[op]) !== all.part);
  if (operations.some(isForeign)) return 'it says nothing of the updates of one of the operations';
  return {
    count: operations.length,
    initial: model.initial(options),
    isRequired: (op) => operations[op].outcome === 'ok',
    precedes: (earlier, later) => precedes(operations[earlier], operations[later]),
    step: (op, state) => (operations[op].outcome === 'fail' ? undefined : model.step(state, seen[op])),
    key: (state) => model.key(state),
  };
}
