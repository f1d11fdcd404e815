import { NEVER } from './partition.js';
import { READ, type RegisterOperations } from './registers.js';

/** The kept operations alone, up to event `end`; those still open then are unknown, open reads are left out. */
export function restrict(operations: RegisterOperations, kept: Uint8Array, end: number): RegisterOperations {
  const { events, kinds, from, to, returns, invocations } = operations;
  const numberOf = new Int32Array(operations.count).fill(-1);
  let count = 0;
  for (let op = 0; op < operations.count; op++) {
    if (kept[op] === 1 && (kinds[op] !== READ || returns[op] <= end)) numberOf[op] = count++;
  }
  const result = {
    name: operations.name,
    values: operations.values,
    count,
    kinds: new Uint8Array(count),
    from: new Int32Array(count),
    to: new Int32Array(count),
    calls: new Int32Array(count),
    returns: new Int32Array(count).fill(NEVER),
    invocations: new Int32Array(count),
    events: new Int32Array(2 * count),
  };
  let length = 0;
  for (let at = 0; at < events.length && at <= end; at++) {
    const op = events[at] < 0 ? ~events[at] : events[at];
    const number = numberOf[op];
    if (number === -1) continue;
    if (events[at] < 0) {
      result.returns[number] = length;
      result.events[length++] = ~number;
      continue;
    }
    result.kinds[number] = kinds[op];
    result.from[number] = from[op];
    result.to[number] = to[op];
    result.invocations[number] = invocations[op];
    result.calls[number] = length;
    result.events[length++] = number;
  }
  return { ...result, events: result.events.subarray(0, length) };
}
