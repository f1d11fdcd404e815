import {
  FAIL,
  type History,
  INVOKE,
  NEMESIS,
  NONE,
  OK,
  VALUE_NULL,
  VALUE_PAIR,
  VALUE_RAW,
} from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { ValueNumbers } from './values.js';
import { nonsense } from '../verdict.js';

export const READ = 0;
export const WRITE = 1;
export const CAS = 2;
/** No value: what a write expects, and what a read leaves behind. */
export const NO_VALUE = -1;
/** Number of the initial value. */
export const INITIAL = 0;

/**
 * The operations on one register, oldest invocation first, in typed arrays; values are numbered, the initial one is 0.
 * Event positions are those of the register's own history.
 */
export interface RegisterOperations {
  readonly name: string | undefined;
  readonly count: number;
  readonly kinds: Uint8Array;
  /** The value read or expected. */
  readonly from: Int32Array;
  /** The value written. */
  readonly to: Int32Array;
  readonly calls: Int32Array;
  /** NEVER where the outcome is unknown. */
  readonly returns: Int32Array;
  /** `op` at its invocation, `~op` at its return. */
  readonly events: Int32Array;
  /** Position in the history of the invocation. */
  readonly invocations: Int32Array;
  readonly values: number;
}

/** Names of the operations of a register in a history: a store's `get` is a read. */
export interface RegisterNames {
  readonly read: string;
  readonly write: string;
  readonly cas?: string;
}

const IRRELEVANT = 255;

/**
 * The registers of a history, one a key. Failed operations are left out (a failed cas is no evidence that the value
 * differed, as in Jepsen), unknown reads too.
 *
 * @throws UserError when an operation is none of a register's.
 */
export class RegisterReader {
  /**
   * Null is a value like any other. Only where a history comes from Knossos, begins with something else and writes null
   * nowhere, a read of null is one of the initial value: nothing had been set yet.
   */
  readonly nullIsInitial: boolean;
  /** READ, WRITE, CAS or IRRELEVANT by function number. */
  readonly kindOf: Uint8Array;
  private numbers: ValueNumbers | undefined;
  /** Operation number of each invocation. */
  private numberAt = new Int32Array(0);

  constructor(
    private readonly history: History,
    names: RegisterNames,
    private readonly initial: Json,
  ) {
    const kinds = history.columns.functionNames.map((name) =>
      name === names.read ? READ : name === names.write ? WRITE : name === names.cas ? CAS : IRRELEVANT,
    );
    this.kindOf = Uint8Array.from(kinds);
    this.nullIsInitial =
      initial !== null && history.columns.nilReads === 'unset' && !mentionsNull(history, this.kindOf);
  }

  /** Made when first needed: scanning all values takes time. */
  private valuesWithin(deadline: Deadline | undefined): ValueNumbers {
    return (this.numbers ??= new ValueNumbers(this.history, this.nullIsInitial, 'all', deadline));
  }

  /** The register whose events are at `positions` (ascending), or at all positions. */
  read(name: string | undefined, positions: Int32Array | undefined, deadline?: Deadline): RegisterOperations {
    return this.readWith(this.valuesWithin(deadline), name, positions, deadline);
  }

  /** The same where it is all that will be read of the history: its other values need no numbers. */
  readFew(name: string | undefined, positions: Int32Array): RegisterOperations {
    return this.readWith(new ValueNumbers(this.history, this.nullIsInitial, 'few'), name, positions, undefined);
  }

  private readWith(
    values: ValueNumbers,
    name: string | undefined,
    positions: Int32Array | undefined,
    deadline: Deadline | undefined,
  ): RegisterOperations {
    const { types, processes, pairs, functions } = this.history.columns;
    if (this.numberAt.length === 0) this.numberAt = new Int32Array(this.history.length);
    const { numberAt } = this;
    const length = positions?.length ?? this.history.length;
    const most = positions?.length ?? invocationsIn(types);
    const kinds = new Uint8Array(most);
    const from = new Int32Array(most);
    const to = new Int32Array(most);
    const invocations = new Int32Array(most);
    const calls = new Int32Array(most);
    const returns = new Int32Array(most);
    const events = new Int32Array(length);
    let count = 0;
    let eventCount = 0;
    values.begin(this.initial);
    for (let at = 0; at < length; at++) {
      const position = positions === undefined ? at : positions[at];
      if ((at & 0xffff) === 0) deadline?.check();
      if (processes[position] === NEMESIS) continue;
      const type = types[position];
      if (type === INVOKE) {
        const kind = this.kindOf[functions[position]];
        if (kind === IRRELEVANT) this.refuse(position);
        const completion = pairs[position];
        const outcome = completion === NONE ? NONE : types[completion];
        if (outcome === FAIL || (kind === READ && outcome !== OK)) {
          numberAt[position] = NONE;
          continue;
        }
        kinds[count] = kind;
        to[count] = NO_VALUE;
        from[count] = NO_VALUE;
        if (kind === READ) from[count] = values.at(completion);
        else if (kind === WRITE) to[count] = values.at(position);
        else this.readCas(position, values, from, to, count);
        invocations[count] = position;
        calls[count] = eventCount;
        returns[count] = NEVER;
        numberAt[position] = count;
        events[eventCount++] = count++;
      } else if (type === OK) {
        const op = numberAt[pairs[position]];
        if (op === NONE) continue;
        returns[op] = eventCount;
        events[eventCount++] = ~op;
      }
    }
    return {
      name,
      count,
      kinds: kinds.subarray(0, count),
      from: from.subarray(0, count),
      to: to.subarray(0, count),
      calls: calls.subarray(0, count),
      returns: returns.subarray(0, count),
      events: events.subarray(0, eventCount),
      invocations: invocations.subarray(0, count),
      values: values.count,
    };
  }

  private readCas(position: number, values: ValueNumbers, from: Int32Array, to: Int32Array, op: number): void {
    const { valueKinds, valuesA, valuesB } = this.history.columns;
    if (valueKinds[position] === VALUE_PAIR) {
      from[op] = values.ofInt(valuesA[position]);
      to[op] = values.ofInt(valuesB[position]);
      return;
    }
    const value = valueKinds[position] === VALUE_RAW ? this.history.value(position) : null;
    if (!Array.isArray(value) || value.length !== 2) {
      throw nonsense(this.history, position, 'the value of a cas is a pair [from, to]');
    }
    from[op] = values.of(value[0] as Json);
    to[op] = values.of(value[1] as Json);
  }

  private refuse(position: number): never {
    const { f } = this.history.event(position);
    throw nonsense(this.history, position, `operation "${f}" is none of a register's; choose another --model`);
  }
}

function invocationsIn(types: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < types.length; at++) if (types[at] === INVOKE) count++;
  return count;
}

/** Whether null is written somewhere, or expected by a cas. */
function mentionsNull(history: History, kindOf: Uint8Array): boolean {
  const { types, valueKinds, processes, functions } = history.columns;
  for (let at = 0; at < history.length; at++) {
    if (types[at] !== INVOKE || processes[at] === NEMESIS) continue;
    const kind = kindOf[functions[at]];
    if (kind === WRITE && valueKinds[at] === VALUE_NULL) return true;
    if (kind !== CAS || valueKinds[at] !== VALUE_RAW) continue;
    const value = history.value(at);
    if (Array.isArray(value) && value.includes(null)) return true;
  }
  return false;
}
