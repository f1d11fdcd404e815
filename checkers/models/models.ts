import { counter, fetchAndAdd } from './counter.js';
import { kvStore } from './kv-store.js';
import { kv } from './kv.js';
import { multiRegister } from './multi-register.js';
import { mutex } from './mutex.js';
import { queue, stack } from './queue.js';
import { casRegister, register } from './register.js';
import { semaphore } from './semaphore.js';
import { set } from './set.js';

/** Every sequential specification that `--model` knows. */
export const models = [
  register,
  casRegister,
  multiRegister,
  kv,
  kvStore,
  mutex,
  semaphore,
  counter,
  fetchAndAdd,
  set,
  queue,
  stack,
] as const;

export type KnownModel = (typeof models)[number];

/** The model of this name, or undefined. */
export function modelNamed(name: string): KnownModel | undefined {
  return models.find((model) => model.name === name);
}
