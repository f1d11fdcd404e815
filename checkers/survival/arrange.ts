import { COLUMNS } from '../../harness/history/columns.js';
import { History, NONE } from '../../harness/history/history.js';

/** An event of a history, put at another place: perhaps with another type, function, process or key. */
export interface Placed {
  /** Place in the order of events: journal indices, and halves between them. */
  readonly at: number;
  /** Position in the history that it is taken from; what is not overridden is as there. */
  readonly source: number;
  /** INVOKE, OK, FAIL or INFO. */
  readonly type: number;
  /** Events with the same number are an invocation and its completion. */
  readonly operation: number;
  readonly functionName?: string;
  readonly process?: number;
  readonly key?: number;
  readonly index?: number;
  /** Its value is null. */
  readonly isEmpty?: true;
}

/**
 * A history made of events of another one, in the order of their places. Journal indices stay those of the events taken,
 * so that what is found can be shown; times never go back.
 */
export function arrange({ columns }: History, placed: readonly Placed[]): History {
  const order = [...placed].sort((a, b) => a.at - b.at);
  const length = order.length;
  const taken = { ...columns, length, pairs: new Int32Array(length).fill(NONE) };
  for (const name of COLUMNS) {
    const column = columns[name].slice(0, 0);
    const made = new (column.constructor as new (size: number) => typeof column)(length);
    for (let place = 0; place < length; place++) made[place] = columns[name][order[place].source];
    Object.assign(taken, { [name]: made });
  }
  const functionNames = [...columns.functionNames];
  const invocations = new Map<number, number>();
  order.forEach((event, place) => {
    const { operation, type, functionName, process, key, index, isEmpty } = event;
    taken.types[place] = type;
    if (process !== undefined) taken.processes[place] = process;
    if (key !== undefined) taken.keys[place] = key;
    if (index !== undefined) taken.indices[place] = index;
    if (isEmpty) taken.valueKinds[place] = 0;
    if (functionName !== undefined) taken.functions[place] = idOf(functionNames, functionName);
    if (place > 0) taken.times[place] = Math.max(taken.times[place], taken.times[place - 1]);
    const partner = invocations.get(operation);
    if (partner === undefined) {
      invocations.set(operation, place);
      return;
    }
    taken.pairs[place] = partner;
    taken.pairs[partner] = place;
  });
  return new History({ ...taken, functionNames });
}

function idOf(names: string[], name: string): number {
  const known = names.indexOf(name);
  return known === -1 ? names.push(name) - 1 : known;
}
