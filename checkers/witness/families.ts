import type { Prove } from './evidence.js';
import { duplicateId } from './unique-ids.js';

/** By name of the checker: how each kind of its anomalies is proven; `*` stands for every other kind. */
export const families: Readonly<Record<string, Readonly<Record<string, Prove>>>> = {
  'unique-ids': { 'duplicate-id': duplicateId },
};
