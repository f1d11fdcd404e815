import type { Json, Operation } from '../../harness/history/operation.js';
import { text } from '../models/values.js';
import { seconds } from '../verdict.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { Deadline } from './budget.js';
import { sweepStretch } from './frontier.js';
import { NEVER } from './partition.js';
import { CAS, INITIAL, NO_VALUE, READ, WRITE, type RegisterOperations } from './registers.js';

export interface StreamOptions {
  /** Value of every register before its first write; null by default. */
  readonly initial?: Json;
  /** Completions on one key after which it is judged again. */
  readonly everyCompletions?: number;
  /** Time of the history, in ns, after which a key with new completions is judged again. */
  readonly everyNs?: number;
}

/** Events of a key that are remembered beside the operations that are open. */
const REMEMBERED = 1_200;
/** Time for one look at one key: a look is skipped rather than falling behind. */
const LOOK_MS = 200;

/**
 * Watches registers (read, write, cas) during a run, in memory that does not grow with its length: per key the last
 * stretch of events, what is open, and which unknown updates there are. Each look sweeps that stretch from every value
 * the register could have had, so what it reports is certain. What it does not report is not thereby proven: that is
 * for the check of the whole history at the end. The stretch reaches back to the beginning for the first events.
 */
export function streamRegisters(options: StreamOptions = {}): StreamingChecker {
  const keys = new Map<string | undefined, KeyStream>();
  const { everyNs = 250_000_000 } = options;
  let lookedAt = 0;
  let found: Anomaly | undefined;
  const lookAtAll = () => {
    for (const stream of keys.values()) found ??= stream.look();
    return found;
  };
  return {
    push(event) {
      if (found !== undefined || event.process === 'nemesis' || kindOf(event.f) === undefined) return found;
      let stream = keys.get(event.key);
      if (stream === undefined) keys.set(event.key, (stream = new KeyStream(event.key, options)));
      found = stream.push(event);
      if (found === undefined && event.time - lookedAt >= everyNs) {
        lookedAt = event.time;
        lookAtAll();
      }
      return found;
    },
    finish: lookAtAll,
  };
}

function kindOf(f: string): number | undefined {
  return f === 'read' ? READ : f === 'write' ? WRITE : f === 'cas' ? CAS : undefined;
}

interface StreamOp {
  readonly kind: number;
  readonly invocation: Operation;
  completion?: Operation;
  from: string | undefined;
  to: string | undefined;
  state: 'open' | 'ok' | 'fail' | 'unknown';
}

interface Mark {
  readonly op: StreamOp;
  readonly returns: boolean;
}

class KeyStream {
  private marks: Mark[] = [];
  private readonly open = new Map<Operation['process'], StreamOp>();
  /** Unknown updates older than the stretch, one of each kind: as credits they are free anyway. */
  private readonly unknown = new Map<string, StreamOp>();
  /** Whether events were forgotten: then the stretch no longer starts from the initial value. */
  private isCut = false;
  private fresh = 0;

  constructor(
    private readonly key: string | undefined,
    private readonly options: StreamOptions,
  ) {}

  push(event: Operation): Anomaly | undefined {
    if (event.type === 'invoke') {
      const op = opened(event);
      this.open.set(event.process, op);
      this.marks.push({ op, returns: false });
      return undefined;
    }
    const op = this.open.get(event.process);
    if (op === undefined) return undefined;
    this.open.delete(event.process);
    op.completion = event;
    op.state = event.type === 'ok' ? 'ok' : event.type === 'fail' ? 'fail' : 'unknown';
    if (op.state === 'unknown') this.remember(op);
    if (event.type !== 'ok') return undefined;
    if (op.kind === READ) op.from = text(event.value);
    this.marks.push({ op, returns: true });
    if (++this.fresh < (this.options.everyCompletions ?? 256)) return undefined;
    return this.look();
  }

  look(): Anomaly | undefined {
    if (this.fresh === 0) return undefined;
    this.fresh = 0;
    const { operations, start, ops } = this.stretch();
    const died = sweepStretch(operations, start, operations.events.length, new Deadline(LOOK_MS, 100_000));
    if (died !== undefined) return this.anomaly(ops[~operations.events[died]]);
    this.forget();
    return undefined;
  }

  private forget(): void {
    if (this.marks.length <= 2 * REMEMBERED) return;
    this.isCut = true;
    for (const { op } of this.marks.splice(0, this.marks.length - REMEMBERED)) {
      this.remember(op);
    }
  }

  /** An unknown update whose invocation was forgotten may still take effect. */
  private remember(op: StreamOp): void {
    if (op.state !== 'unknown' || op.kind === READ || !this.isForgotten(op)) return;
    this.unknown.set(`${op.from}→${op.to}`, op);
  }

  private isForgotten({ invocation }: StreamOp): boolean {
    if (this.marks.length === 0) return true;
    const [{ op, returns }] = this.marks;
    return invocation.index < (returns ? op.completion! : op.invocation).index;
  }

  /** The remembered stretch as a register; operations from before it come first, `start` is the event after those. */
  private stretch(): { operations: RegisterOperations; start: number; ops: StreamOp[] } {
    const within = new Set<StreamOp>();
    for (const { op, returns } of this.marks) if (!returns) within.add(op);
    const early = new Set<StreamOp>(this.unknown.values());
    for (const { op } of this.marks) if (!within.has(op)) early.add(op);
    for (const op of this.open.values()) if (!within.has(op)) early.add(op);
    // What began before the stretch has its invocation pulled to its start: nothing more is known about it.
    const before = [...early].filter(counts);
    // A stretch from event 0 on is taken for the beginning, when the value is known: something has to stand before it.
    if (this.isCut && before.length === 0) before.push(NOBODYS_READ);
    const marks = [...before.map((op) => ({ op, returns: false })), ...this.marks.filter(({ op }) => counts(op))];
    const start = this.isCut ? before.length : 0;
    return { ...registerOf(this.key, marks, text(this.options.initial ?? null)), start };
  }

  private anomaly(op: StreamOp): Anomaly {
    const { invocation, completion } = op;
    const when = completion ?? invocation;
    const of = this.key === undefined ? '' : ` of key ${this.key}`;
    const where = invocation.node === undefined ? ` by process ${invocation.process}` : ` on ${invocation.node}`;
    const did =
      op.kind === READ ? `Read${of}${where} returned ${op.from}` : `Cas ${op.from}→${op.to}${of}${where} succeeded`;
    const since = this.marks.length === 0 ? 0 : this.marks[0].op.invocation.index;
    return {
      kind: 'nonlinearizable',
      sentence: `${did} at ${seconds(when.time)}, which no order of the operations since event ${since} explains.`,
      operations: [invocation.index, when.index],
      rulesOut: ['linearizable', 'strict-serializable'],
      details: { cause: 'no-order', streaming: true, ...(this.key !== undefined && { key: this.key }) },
    };
  }
}

/** A read that never returns tells nothing. */
const NOBODYS_READ: StreamOp = {
  kind: READ,
  invocation: { index: -1, time: 0, process: -1, type: 'invoke', f: 'read', value: null },
  from: undefined,
  to: undefined,
  state: 'open',
};

/** Reads count once they returned, updates unless they failed. */
function counts({ kind, state }: StreamOp): boolean {
  return kind === READ ? state === 'ok' : state !== 'fail';
}

function opened(invocation: Operation): StreamOp {
  const { f, value } = invocation;
  const kind = kindOf(f)!;
  const pair = kind === CAS && Array.isArray(value) ? (value as readonly Json[]) : [];
  return {
    kind,
    invocation,
    from: kind === CAS ? text(pair[0] ?? null) : undefined,
    to: kind === READ ? undefined : text(kind === CAS ? (pair[1] ?? null) : value),
    state: 'open',
  };
}

function registerOf(
  name: string | undefined,
  marks: readonly Mark[],
  initial: string,
): { operations: RegisterOperations; ops: StreamOp[] } {
  const numbers = new Map<string, number>([[initial, INITIAL]]);
  const numberOf = (value: string | undefined) => {
    if (value === undefined) return NO_VALUE;
    let number = numbers.get(value);
    if (number === undefined) numbers.set(value, (number = numbers.size));
    return number;
  };
  const ids = new Map<StreamOp, number>();
  const ops: StreamOp[] = [];
  const calls: number[] = [];
  const returns: number[] = [];
  const events = marks.map(({ op, returns: isReturn }, at) => {
    if (isReturn) {
      const id = ids.get(op)!;
      returns[id] = at;
      return ~id;
    }
    const id = ops.push(op) - 1;
    ids.set(op, id);
    calls.push(at);
    returns.push(NEVER);
    return id;
  });
  const operations: RegisterOperations = {
    name,
    count: ops.length,
    kinds: Uint8Array.from(ops, (op) => op.kind),
    from: Int32Array.from(ops, (op) => numberOf(op.from)),
    to: Int32Array.from(ops, (op) => numberOf(op.to)),
    calls: Int32Array.from(calls),
    returns: Int32Array.from(returns),
    events: Int32Array.from(events),
    invocations: Int32Array.from(ops, (op) => op.invocation.index),
    values: numbers.size,
  };
  return { operations, ops };
}
