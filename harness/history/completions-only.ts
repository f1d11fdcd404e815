import { COLUMNS, ColumnStore } from './columns.js';
import { INVOKE, NEMESIS } from './history.js';
import type { LineMap } from './line-map.js';

/** Whether clients' operations are told by their completions alone, as in the files of some papers and older tools. */
export function isCompletionsOnly({ length, types, processes }: ColumnStore): boolean {
  let completions = 0;
  for (let position = 0; position < length; position++) {
    if (processes[position] === NEMESIS) continue;
    if (types[position] === INVOKE) return false;
    completions++;
  }
  return completions > 0;
}

/**
 * The same events with an invocation right before every client completion, made up from it. So the order of each process'
 * operations is kept; nothing is known of real time.
 */
export function withInvocations(store: ColumnStore, lines: LineMap): ColumnStore {
  const { length, processes } = store;
  let clients = 0;
  for (let position = 0; position < length; position++) if (processes[position] !== NEMESIS) clients++;
  const order = new Int32Array(length + clients);
  const whole = new ColumnStore(length + clients, 0);
  for (let position = 0, place = 0; position < length; position++) {
    if (processes[position] !== NEMESIS) {
      order[place] = position;
      whole.types[place++] = INVOKE;
    }
    order[place] = position;
    whole.types[place++] = store.types[position];
  }
  for (const name of COLUMNS) {
    if (name === 'types') continue;
    const [from, into] = [store[name], whole[name]];
    for (let place = 0; place < order.length; place++) into[place] = from[order[place]];
  }
  for (let place = 0; place < order.length; place++) whole.indices[place] = whole.times[place] = place;
  whole.length = order.length;
  whole.slab = store.slab;
  whole.slabLength = store.slabLength;
  lines.reorder(order);
  return whole;
}
