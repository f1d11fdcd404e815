import { HistoryBuilder } from '../../harness/history/builder.js';
import { NONE, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { text } from '../models/values.js';
import type { RegisterKind } from '../linearizability/register-objects.js';
import type { SequencedOperation, Sequences } from './sequences.js';

/** Registers as transactions of one operation each. */
export interface AsTransactions {
  readonly history: History;
  /** By position of an event in `history`. */
  readonly operations: readonly SequencedOperation[];
}

/**
 * Reads, writes and compare-and-sets of registers of which every value is written once, as transactions `[r k v]`,
 * `[w k v]` and `[r k a, w k b]`, the initial value being null, the others numbered. Undefined where a value is written
 * twice, or the initial one again.
 *
 * Unknown updates whose value somebody needs took effect, which is all that a history of sessions says of any of them:
 * here they are acknowledged in the end. Those that nobody needs may as well not have happened.
 */
export function asTransactions(sequences: Sequences, kind: RegisterKind): AsTransactions | undefined {
  const values = new Values(sequences, kind);
  if (!values.areUnique) return undefined;
  const needed = neededOf(sequences, values);
  const builder = new HistoryBuilder();
  const operations: SequencedOperation[] = [];
  for (const { one, process, type } of eventsOf(sequences, needed)) {
    builder.append({ process, type, f: 'txn', value: values.transaction(one) });
    operations.push(one);
  }
  return { history: builder.build(), operations };
}

interface SessionEvent {
  readonly at: number;
  readonly one: SequencedOperation;
  readonly process: number;
  readonly type: 'invoke' | 'ok';
}

/** In real time, because whoever looks for an order begins there. */
function eventsOf({ sessions }: Sequences, needed: ReadonlySet<SequencedOperation>): SessionEvent[] {
  const events: SessionEvent[] = [];
  sessions.forEach((session, process) => {
    for (const one of session.operations) {
      if (one.completed === NONE && !needed.has(one)) continue;
      events.push({ at: one.invoked, one, process, type: 'invoke' });
      events.push({ at: one.completed === NONE ? Infinity : one.completed, one, process, type: 'ok' });
    }
  });
  // Twice Infinity has no difference to sort by.
  return events.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at));
}

/** Unknown updates that somebody with a known outcome, or somebody needed, got his value from. */
function neededOf({ sessions }: Sequences, values: Values): ReadonlySet<SequencedOperation> {
  const needed = new Set<SequencedOperation>();
  const waiting = sessions.flatMap(({ operations }) => operations.filter(({ completed }) => completed !== NONE));
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const writer = values.writer(one.object, values.expected(one));
    if (writer === undefined || writer.completed !== NONE || needed.has(writer)) continue;
    needed.add(writer);
    waiting.push(writer);
  }
  return needed;
}

/** What operations on registers expect and write. */
class Values {
  /** Whether every written value tells its write. */
  readonly areUnique: boolean;
  private readonly writers: Map<string, SequencedOperation>[];
  private readonly numbers: Map<string, number>[];
  private readonly initial: string;

  constructor(
    { sessions, objects }: Sequences,
    private readonly kind: RegisterKind,
  ) {
    this.initial = text(kind.initial);
    this.writers = objects.map(() => new Map());
    this.numbers = objects.map(() => new Map());
    let areUnique = true;
    for (const { operations } of sessions) {
      for (const one of operations) {
        const written = this.writtenBy(one);
        if (written === undefined) continue;
        const writers = this.writers[one.object];
        if (writers.has(text(written)) || text(written) === this.initial) areUnique = false;
        writers.set(text(written), one);
      }
    }
    this.areUnique = areUnique;
  }

  writer(object: number, value: Json | undefined): SequencedOperation | undefined {
    return value === undefined ? undefined : this.writers[object].get(text(value));
  }

  /** The value that was there before the operation took effect; undefined for a plain write. */
  expected({ operation: { f, input, output } }: SequencedOperation): Json | undefined {
    if (this.isPair(f, input)) return input[0];
    return f === this.kind.read ? output : undefined;
  }

  transaction(one: SequencedOperation): Json {
    const key = `k${one.object}`;
    const expected = this.expected(one);
    const written = this.writtenBy(one);
    const read = expected === undefined ? [] : [['r', key, this.numberOf(one.object, expected)]];
    return written === undefined ? read : [...read, ['w', key, this.numberOf(one.object, written)]];
  }

  private numberOf(object: number, value: Json): number | null {
    const name = text(value);
    if (name === this.initial) return null;
    const numbers = this.numbers[object];
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  }

  /** The value that an update writes. */
  writtenBy({ operation: { f, input } }: SequencedOperation): Json | undefined {
    if (this.isPair(f, input)) return input[1];
    return f === this.kind.write ? input : undefined;
  }

  private isPair(f: string, input: Json): input is readonly [Json, Json] {
    return f === this.kind.cas && Array.isArray(input) && input.length === 2;
  }
}
