import type { Json } from '../../../harness/history/operation.js';
import type { Dice } from '../../../harness/kit/random.js';
import { counter, fetchAndAdd } from '../../models/counter.js';
import { kv } from '../../models/kv.js';
import { mutex } from '../../models/mutex.js';
import { queue, stack } from '../../models/queue.js';
import { casRegister, register } from '../../models/register.js';
import { semaphore } from '../../models/semaphore.js';
import { set } from '../../models/set.js';
import type { Vocabulary } from './random-history.js';

const isPair = (value: Json): value is readonly [Json, Json] => Array.isArray(value) && value.length === 2;

/** Registers: `values` 0 means that every written value is new. `mix`: reads, writes, cas out of their sum. */
export function registers(values: number, mix: readonly [read: number, write: number, cas: number]): Vocabulary<Json> {
  const sum = mix[0] + mix[1] + mix[2];
  const fresh = (dice: Dice, count: number) => (values === 0 ? count + 1 : dice.int(values));
  let latest = 0;
  return {
    model: mix[2] === 0 ? register : casRegister,
    ask: (dice, count) => {
      const draw = dice.int(sum);
      if (draw < mix[0]) return { f: 'read', input: null };
      const value = fresh(dice, count);
      if (draw < mix[0] + mix[1]) return { f: 'write', input: (latest = value) };
      const from = values === 0 ? (dice.chance(0.8) ? latest : dice.int(count + 1)) : dice.int(values);
      latest = value;
      return { f: 'cas', input: [from, value] };
    },
    answer: (state, f, input) => {
      if (f === 'read') return state;
      if (f === 'cas' && isPair(input) && input[0] !== state) return undefined;
      return input;
    },
    corrupt: (dice, f, output, count) => {
      if (f !== 'read') return output;
      return values === 0 ? dice.int(count + 1) : dice.int(values);
    },
  };
}

const kvs: Vocabulary<Json> = {
  model: kv,
  ask: (dice, count) => {
    const f = dice.pick(['get', 'put', 'append']);
    return { f, input: f === 'get' ? null : `${dice.chance(0.5) ? count : dice.int(2)} ` };
  },
  answer: (state, f, input) => (f === 'get' ? state : input),
  corrupt: (dice, f, output, count) => (f === 'get' ? `${dice.int(count + 1)} ` : output),
};

const locks: Vocabulary<boolean> = {
  model: mutex,
  ask: (dice) => ({ f: dice.pick(['acquire', 'release']), input: null }),
  answer: (held, f) => ((f === 'release') === held ? null : dropped(f)),
  corrupt: (_dice, _f, output) => output,
};

// One wrongly granted lock in ten: the only way to be wrong where answers carry no value.
function dropped(f: string): Json | undefined {
  wrongGrants = (wrongGrants * 7 + f.length) % 11;
  return wrongGrants === 3 ? null : undefined;
}
let wrongGrants = 0;

const honestLocks: Vocabulary<boolean> = {
  ...locks,
  answer: (held, f) => ((f === 'release') === held ? null : undefined),
};

const semaphores: Vocabulary<{ readonly free: number; readonly permits: number }> = {
  model: semaphore,
  ask: (dice) => ({ f: dice.pick(['acquire', 'release']), input: null }),
  answer: ({ free, permits }, f) => ((f === 'acquire' ? free > 0 : free < permits) ? null : dropped(f)),
  corrupt: (_dice, _f, output) => output,
};

const counters: Vocabulary<Json> = {
  model: counter,
  ask: (dice) =>
    dice.chance(0.4) ? { f: 'read', input: null } : { f: 'add', input: dice.chance(0.8) ? 1 : 2 - dice.int(4) },
  answer: (value, f, input) => (f === 'read' ? value : input),
  corrupt: (dice, f, output) => (f === 'read' ? (output as number) + dice.int(3) - 1 : output),
};

const fetchAndAdds: Vocabulary<Json> = {
  model: fetchAndAdd,
  ask: (dice) => (dice.chance(0.3) ? { f: 'read', input: null } : { f: 'fetch-and-add', input: 1 + dice.int(2) }),
  answer: (value) => value,
  corrupt: (dice, _f, output) => (output as number) + dice.int(3) - 1,
};

const sets: Vocabulary<boolean> = {
  model: set,
  ask: (dice) => ({ f: dice.pick(['add', 'remove', 'contains']), input: 0 }),
  answer: (present, f) => (f === 'add' ? !present : present),
  corrupt: (dice) => dice.chance(0.5),
};

const queues: Vocabulary<readonly Json[]> = {
  model: queue,
  ask: (dice, count) => (dice.chance(0.5) ? { f: 'enqueue', input: count } : { f: 'dequeue', input: null }),
  answer: (items, f, input) => (f === 'enqueue' ? input : (items[0] ?? null)),
  corrupt: (dice, f, output, count) => (f === 'dequeue' ? (dice.chance(0.2) ? null : dice.int(count)) : output),
};

const stacks: Vocabulary<readonly Json[]> = {
  model: stack,
  ask: (dice, count) => (dice.chance(0.5) ? { f: 'push', input: count } : { f: 'pop', input: null }),
  answer: (items, f, input) => (f === 'push' ? input : (items[items.length - 1] ?? null)),
  corrupt: (dice, f, output, count) => (f === 'pop' ? (dice.chance(0.2) ? null : dice.int(count)) : output),
};

/** Every model with a correct store to simulate. Those named `… honest` are valid by construction without corruption. */
export const vocabularies: Readonly<Record<string, Vocabulary<never> | Vocabulary<unknown>>> = {
  register: registers(3, [2, 2, 0]) as Vocabulary<unknown>,
  'unique register': registers(0, [2, 2, 0]) as Vocabulary<unknown>,
  'cas-register': registers(3, [2, 2, 2]) as Vocabulary<unknown>,
  'few values, many cas': registers(2, [2, 1, 4]) as Vocabulary<unknown>,
  'unique cas-register': registers(0, [2, 1, 2]) as Vocabulary<unknown>,
  kv: kvs as Vocabulary<unknown>,
  mutex: locks as Vocabulary<unknown>,
  'honest mutex': honestLocks as Vocabulary<unknown>,
  semaphore: semaphores as Vocabulary<unknown>,
  counter: counters as Vocabulary<unknown>,
  'fetch-and-add': fetchAndAdds as Vocabulary<unknown>,
  set: sets as Vocabulary<unknown>,
  queue: queues as Vocabulary<unknown>,
  stack: stacks as Vocabulary<unknown>,
};
