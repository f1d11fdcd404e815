import { HistoryBuilder, type EventInput } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Dice } from '../../harness/kit/random.js';
import { readTransactions } from '../transactions/reader.js';
import type { Family } from '../transactions/transactions.js';
import { analyse, cyclesOf, orderOf } from './analysis.js';
import {
  noOrder,
  realTime,
  repeatableRead,
  serializable,
  sessions,
  snapshotIsolated,
  type Mop,
  type SmallTransaction,
} from './brute-force.js';
import { forbids } from './lattice.js';
import { inferListAppend } from './list-append.js';
import { inferRwRegister } from './rw-register.js';

export interface SmallHistory {
  readonly family: Family;
  readonly events: readonly EventInput[];
  readonly transactions: readonly SmallTransaction[];
}

/**
 * Up to `limit` transactions whose reads are often right, sometimes stale and sometimes odd. Then, unless `open`, one
 * that reads every key at the end, so that a list history leaves no order of appends open.
 */
export function smallHistory(dice: Dice, family: Family, limit: number, ending: 'open' | 'read'): SmallHistory {
  const keys = 1 + dice.int(2);
  const processes = 1 + dice.int(3);
  const count = 2 + dice.int(limit - 2);
  const states: number[][] = Array.from({ length: keys }, () => []);
  const events: EventInput[] = [];
  const transactions: SmallTransaction[] = [];
  const open = new Map<number, { readonly invoke: number; readonly mops: readonly Mop[] }>();
  const next = new Array<number>(keys).fill(1);
  let process = 0;
  let begun = 0;
  const threads = Array.from({ length: processes }, () => process++);
  while (begun < count || open.size > 0) {
    const thread = dice.int(threads.length);
    const id = threads[thread];
    const current = open.get(id);
    if (current === undefined) {
      if (begun++ >= count) continue;
      const mops = Array.from({ length: 1 + dice.int(3) }, (): Mop => {
        const key = dice.int(keys);
        const write = family === 'list-append' ? 'append' : 'w';
        return dice.int(2) === 0 ? ['r', key, null] : [write, key, next[key]++];
      });
      open.set(id, { invoke: events.length, mops });
      events.push({ process: id, type: 'invoke', f: 'txn', value: mops as Json });
      continue;
    }
    open.delete(id);
    const fate = dice.int(12);
    if (fate === 0) {
      events.push({ process: id, type: 'fail', f: 'txn', value: current.mops as Json });
      continue;
    }
    const answered = answer(dice, family, current.mops, states, fate === 1);
    const certain = fate !== 1;
    const complete = certain ? events.length : Number.POSITIVE_INFINITY;
    transactions.push({ process: id, invoke: current.invoke, complete, certain, mops: answered });
    events.push({
      process: id,
      type: certain ? 'ok' : 'info',
      f: 'txn',
      value: (certain ? answered : current.mops) as Json,
    });
    if (!certain) threads[thread] = process++;
  }
  if (ending === 'read') {
    const mops = states.map((list, key): Mop => [
      'r',
      key,
      family === 'list-append' ? [...list] : (list.at(-1) ?? null),
    ]);
    transactions.push({ process, invoke: events.length, complete: events.length + 1, certain: true, mops });
    events.push({ process, type: 'invoke', f: 'txn', value: mops.map(([f, key]): Json => [f, key, null]) });
    events.push({ process, type: 'ok', f: 'txn', value: mops as Json });
  }
  return { family, events, transactions };
}

/** Executes at the moment of completion, but not always well. */
function answer(dice: Dice, family: Family, mops: readonly Mop[], states: number[][], unknown: boolean): Mop[] {
  const stale = dice.int(3) === 0 ? 1 + dice.int(2) : 0;
  const applied = !unknown || dice.int(2) === 0;
  const own = states.map((list) => list.slice(0, Math.max(0, list.length - stale)));
  return mops.map(([f, key, value]): Mop => {
    if (f !== 'r') {
      if (applied) {
        const list = states[key];
        // Now and then an append lands before the last one.
        list.splice(dice.int(8) === 0 ? Math.max(0, list.length - 1) : list.length, 0, value as number);
      }
      own[key].push(value as number);
      return [f, key, value];
    }
    const seen = own[key];
    return ['r', key, family === 'list-append' ? [...seen] : (seen.at(-1) ?? null)];
  });
}

/** Recorded events as the oracle takes them. */
export function smallFrom(family: Family, events: readonly EventInput[]): SmallHistory {
  const open = new Map<EventInput['process'], number>();
  const transactions: SmallTransaction[] = [];
  events.forEach((event, position) => {
    if (event.type === 'invoke') {
      open.set(event.process, position);
      return;
    }
    const invoke = open.get(event.process) ?? position;
    open.delete(event.process);
    if (event.type === 'fail') return;
    const certain = event.type === 'ok';
    const complete = certain ? position : Number.POSITIVE_INFINITY;
    const mops = (certain ? event.value : events[invoke].value) as unknown as readonly Mop[];
    transactions.push({ process: event.process as number, invoke, complete, certain, mops });
  });
  for (const [process, invoke] of open) {
    const mops = events[invoke].value as unknown as readonly Mop[];
    transactions.push({ process: process as number, invoke, complete: Number.POSITIVE_INFINITY, certain: false, mops });
  }
  return { family, events, transactions };
}

export function historyOf(events: readonly EventInput[]): History {
  const builder = new HistoryBuilder();
  for (const event of events) builder.append(event);
  return builder.build();
}

/** Whether the checker rules out a model. */
export function ruledOut({ family, events }: SmallHistory, model: string, writesFollowReads: boolean): boolean {
  const transactions = readTransactions(historyOf(events), family);
  const inference =
    family === 'list-append' ? inferListAppend(transactions) : inferRwRegister(transactions, { writesFollowReads });
  const analysis = analyse(transactions, inference);
  const kinds = [...inference.findings.counts.keys(), ...cyclesOf(analysis, orderOf(model)).map(({ kind }) => kind)];
  return kinds.some((kind) => forbids(model, kind));
}

/** Whether trying everything finds no execution that the model allows. */
export function impossible({ family, transactions }: SmallHistory, model: string): boolean {
  const lists = family === 'list-append';
  switch (model) {
    case 'strict-serializable':
      return !serializable(transactions, realTime, lists);
    case 'strong-session-serializable':
      return !serializable(transactions, sessions, lists);
    case 'serializable':
      return !serializable(transactions, noOrder, lists);
    case 'snapshot-isolation':
      return !snapshotIsolated(transactions, noOrder, lists);
    case 'repeatable-read':
      if (lists) throw new RangeError('no oracle for repeatable read of lists');
      return !repeatableRead(transactions);
    case 'strong-session-snapshot-isolation':
      return !snapshotIsolated(transactions, sessions, lists);
    case 'strong-snapshot-isolation':
      return !snapshotIsolated(transactions, realTime, lists);
    default:
      throw new RangeError(`no oracle for ${model}`);
  }
}

export const ORACLE_MODELS: readonly string[] = [
  'strict-serializable',
  'strong-session-serializable',
  'serializable',
  'snapshot-isolation',
  'strong-session-snapshot-isolation',
  'strong-snapshot-isolation',
];
