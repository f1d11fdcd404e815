import type { EventInput } from '../../../harness/history/builder.js';
import { historyOf } from '../../../harness/history/builder.js';
import type { History } from '../../../harness/history/history.js';
import type { Json } from '../../../harness/history/operation.js';
import { BACKUP_EVENT, type Restore, restoresOf } from '../../../harness/history/restores.js';
import { withoutNemesis } from '../../../harness/history/select.js';
import type { Dice } from '../../../harness/kit/random.js';

/** Ways in which a backup goes wrong. */
export type Defect =
  | 'none'
  /** Objects are copied one by one while clients go on. */
  | 'torn'
  /** It is of a replica that lags behind. */
  | 'old'
  /** It is of a moment after it was said to be complete. */
  | 'late'
  /** Nothing is restored. */
  | 'empty'
  /** What clients of the old cluster had left open takes effect in the new one. */
  | 'zombie';

export interface StoreShape {
  readonly keys: number;
  readonly processes: number;
  readonly operations: number;
  readonly restores: number;
  readonly defect: Defect;
}

/** What was recorded, as a checker gets it. */
export interface Recorded {
  readonly history: History;
  readonly restores: readonly Restore[];
}

interface Open {
  readonly f: string;
  readonly key: string;
  readonly value: Json;
  /** Its effect is still to come. */
  pending: boolean;
  answer: Json;
}

type Kind = 'registers' | 'set';

/**
 * A random run of a store whose operations take effect at one moment each, with backups, disasters and restores in between.
 * Without a defect every history it makes is legal.
 */
export function record(dice: Dice, shape: StoreShape, kind: Kind = 'registers'): Recorded {
  const events: EventInput[] = [];
  let state = new Map<string, Json>();
  const past: Map<string, Json>[] = [];
  const open = new Map<number, Open>();
  /** Nobody waits for them any more, and they may take effect all the same. */
  const adrift: Open[] = [];
  let value = 0;
  let nextProcess = shape.processes;
  const processes = Array.from({ length: shape.processes }, (_, at) => at);
  const mark = (fault: number, what: string) =>
    events.push({ process: 'nemesis', type: 'info', f: BACKUP_EVENT, value: { fault, mark: what } });
  const remember = () => void past.push(new Map(state));
  const take = (one: Open) => {
    one.pending = false;
    one.answer = kind === 'set' ? addOrRead(state, one) : writeOrRead(state, one);
    remember();
  };
  const step = () => {
    if (adrift.length > 0 && dice.chance(0.15)) take(adrift.splice(dice.int(adrift.length), 1)[0]!);
    const at = dice.int(processes.length);
    const process = processes[at]!;
    const one = open.get(process);
    if (one === undefined) {
      const f = dice.chance(0.5) ? 'read' : kind === 'set' ? 'add' : 'write';
      const key = kind === 'set' ? 's' : `k${dice.int(shape.keys)}`;
      const asked = { f, key, value: f === 'read' ? null : ++value, pending: true, answer: null };
      open.set(process, asked);
      events.push({ process, type: 'invoke', f, key, value: asked.value });
    } else if (one.pending && dice.chance(0.8)) take(one);
    else if (!one.pending) {
      events.push({ process, type: 'ok', f: one.f, key: one.key, value: one.answer });
      open.delete(process);
    } else if (dice.chance(0.2)) {
      // Its outcome is unknown: it may have taken effect, be on its way for long, or have been lost.
      const fate = dice.int(3);
      if (fate === 0) take(one);
      else if (fate === 1) adrift.push(one);
      if (dice.chance(0.5)) {
        events.push({ process, type: 'info', f: one.f, key: one.key, value: one.value, error: 'timeout' });
      }
      open.delete(process);
      processes[at] = nextProcess++;
    }
  };
  const some = (count: number) => {
    for (let at = 0; at < count; at++) step();
  };
  remember();
  const share = Math.ceil((shape.operations * 3) / (shape.restores * 3 + 1));
  for (let fault = 1; fault <= shape.restores; fault++) {
    some(dice.int(share + 1));
    const early = past[dice.int(past.length)]!;
    mark(fault, 'backup-begin');
    some(dice.int(share + 1));
    let saved = new Map(state);
    some(dice.int(share + 1));
    mark(fault, 'backup-end');
    const middle = new Map(state);
    some(dice.int(share + 1));
    if (shape.defect === 'torn') saved = mix(dice, saved, middle);
    if (shape.defect === 'old') saved = new Map(early);
    if (shape.defect === 'late') saved = new Map(state);
    if (shape.defect === 'empty') saved = new Map();
    const left = [...open.values(), ...adrift].filter(({ pending }) => pending);
    // An answer of the old cluster may be read after it is gone.
    const late = [...open].filter(([, { pending }]) => !pending && dice.chance(0.5));
    mark(fault, 'destroyed');
    for (const [process, { f, key, answer }] of late) events.push({ process, type: 'ok', f, key, value: answer });
    for (const at of processes.keys()) processes[at] = nextProcess++;
    open.clear();
    adrift.length = 0;
    state = new Map(saved);
    if (shape.defect === 'zombie') {
      some(dice.int(share + 1));
      for (const one of left) take(one);
    }
  }
  // What the restore brought back is still there to be read by the end.
  some(dice.int(Math.min(share, 6)));
  finish(events, processes, open, take);
  const whole = historyOf(events);
  return { history: withoutNemesis(whole), restores: restoresOf(whole) };
}

/** Everything open comes to an end, then each object is read. */
function finish(
  events: EventInput[],
  processes: readonly number[],
  open: Map<number, Open>,
  take: (one: Open) => void,
) {
  for (const [process, one] of open) {
    if (one.pending) take(one);
    events.push({ process, type: 'ok', f: one.f, key: one.key, value: one.answer });
  }
  const keys = [...new Set(events.flatMap(({ key }) => (key === undefined ? [] : [key])))];
  for (const key of keys) {
    const read: Open = { f: 'read', key, value: null, pending: true, answer: null };
    events.push({ process: processes[0]!, type: 'invoke', f: 'read', key, value: null });
    take(read);
    events.push({ process: processes[0]!, type: 'ok', f: 'read', key, value: read.answer });
  }
}

function writeOrRead(state: Map<string, Json>, { f, key, value }: Open): Json {
  if (f === 'read') return state.get(key) ?? null;
  state.set(key, value);
  return value;
}

function addOrRead(state: Map<string, Json>, { f, value }: Open): Json {
  if (f === 'read') return [...state.values()];
  state.set(String(value), value);
  return value;
}

function mix(dice: Dice, some: ReadonlyMap<string, Json>, others: ReadonlyMap<string, Json>): Map<string, Json> {
  const keys = [...new Set([...some.keys(), ...others.keys()])];
  return new Map(
    keys.flatMap((key) => {
      const from = dice.chance(0.5) ? some : others;
      const value = from.get(key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}
