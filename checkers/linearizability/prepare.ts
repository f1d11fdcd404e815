import type { Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { CAS, INITIAL, READ, type RegisterOperations } from './registers.js';

/**
 * Removes what cannot matter and bounds what is unknown, so that the engines see fewer open operations.
 *
 * 1. *Unobservable updates.* A value is needed when an ok read or an ok cas expects it, or an unknown cas that itself
 *    writes a needed value. Unknown updates that write a value nobody needs are dropped. Why that is exact: take a
 *    linearization and delete all of them at once. Whatever is left and expects a value u got it from the last update
 *    before it; u is needed, so that update is not deleted; what was deleted in between would have had to come before
 *    that last update. The other direction is trivial, since an unknown operation need not take effect. (It would be
 *    wrong if failed cas were kept as evidence that the value differed: they would observe the deleted value's absence.)
 * 2. *Closing.* When a needed value was written by one unknown operation only, that operation took effect before
 *    whoever needs the value returned: it gets a return just before the earliest of these returns. So a history with
 *    unique values has no unknown operations left at all.
 */
export function prepare(operations: RegisterOperations, deadline?: Deadline): RegisterOperations {
  const { count, returns } = operations;
  let unknown = 0;
  for (let op = 0; op < count; op++) if (returns[op] === NEVER) unknown++;
  if (unknown === 0) return operations;
  const needed = neededValues(operations);
  deadline?.check();
  const closeAt = closings(operations, needed);
  deadline?.check();
  return rebuild(operations, needed, closeAt, deadline);
}

function neededValues({ count, kinds, from, to, returns, values }: RegisterOperations): Uint8Array {
  const needed = new Uint8Array(values);
  const unknownCas: number[] = [];
  for (let op = 0; op < count; op++) {
    if (returns[op] !== NEVER) {
      if (from[op] >= 0) needed[from[op]] = 1;
    } else if (kinds[op] === CAS) unknownCas.push(op);
  }
  for (let changed = true; changed;) {
    changed = false;
    for (const op of unknownCas) {
      // A cas from a value to itself changes nothing: it needs nothing for anybody.
      if (needed[to[op]] === 0 || needed[from[op]] === 1 || from[op] === to[op]) continue;
      needed[from[op]] = 1;
      changed = true;
    }
  }
  return needed;
}

/** Event before which the unknown writer of a value must return, by value; NEVER where nothing is known. */
function closings(operations: RegisterOperations, needed: Uint8Array): Int32Array {
  const { count, kinds, from, to, returns, values } = operations;
  /** The only writer of each value, −1 when there is none, −2 when there are several. */
  const writer = new Int32Array(values).fill(-1);
  writer[INITIAL] = -2;
  for (let op = 0; op < count; op++) {
    if (kinds[op] !== READ) writer[to[op]] = writer[to[op]] === -1 ? op : -2;
  }
  const closeAt = new Int32Array(values).fill(NEVER);
  for (let op = 0; op < count; op++) {
    let event = returns[op];
    // Along a chain of unknown cas, each the only writer of its value, the bound passes on to the one before.
    for (let value = from[op]; event !== NEVER && value >= 0;) {
      if (needed[value] === 0 || event >= closeAt[value]) break;
      closeAt[value] = event;
      const source = writer[value];
      if (source < 0 || returns[source] !== NEVER) break;
      event = closeAt[value];
      value = from[source];
    }
  }
  for (let value = 0; value < values; value++) if (writer[value] < 0) closeAt[value] = NEVER;
  return closeAt;
}

function rebuild(
  operations: RegisterOperations,
  needed: Uint8Array,
  closeAt: Int32Array,
  deadline: Deadline | undefined,
): RegisterOperations {
  const { events, kinds, from, to, returns, invocations } = operations;
  const old = operations.count;
  const closedBefore = new Map<number, number[]>();
  const kept = new Int32Array(old).fill(-1);
  let count = 0;
  let closed = 0;
  for (let op = 0; op < old; op++) {
    if ((op & 0xffff) === 0) deadline?.check();
    if (returns[op] === NEVER) {
      if (needed[to[op]] === 0 || from[op] === to[op]) continue;
      const event = closeAt[to[op]];
      // A value that is read before its only writer is invoked: left open, the engines find the violation.
      if (event !== NEVER && event > operations.calls[op]) {
        const list = closedBefore.get(event);
        if (list === undefined) closedBefore.set(event, [op]);
        else list.push(op);
        closed++;
      }
    }
    kept[op] = count++;
  }
  const result = {
    ...operations,
    count,
    kinds: new Uint8Array(count),
    from: new Int32Array(count),
    to: new Int32Array(count),
    calls: new Int32Array(count),
    returns: new Int32Array(count).fill(NEVER),
    invocations: new Int32Array(count),
    events: new Int32Array(events.length + closed),
  };
  let length = 0;
  for (let at = 0; at < events.length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    const op = events[at] < 0 ? ~events[at] : events[at];
    const number = kept[op];
    if (events[at] >= 0) {
      if (number === -1) continue;
      result.kinds[number] = kinds[op];
      result.from[number] = from[op];
      result.to[number] = to[op];
      result.invocations[number] = invocations[op];
      result.calls[number] = length;
      result.events[length++] = number;
      continue;
    }
    for (const early of closedBefore.get(at) ?? []) {
      result.returns[kept[early]] = length;
      result.events[length++] = ~kept[early];
    }
    result.returns[number] = length;
    result.events[length++] = ~number;
  }
  return { ...result, events: result.events.subarray(0, length) };
}
