import type { Prove } from './evidence.js';
import { orderProofs } from './orders/families.js';
import { transactionProofs } from './transactions/families.js';
import { directProofs } from './direct/families.js';
import { duplicateId } from './unique-ids.js';

/** By name of the checker: how each kind of its anomalies is proven; `*` stands for every other kind. */
export const families: Readonly<Record<string, Readonly<Record<string, Prove>>>> = {
  linearizable: orderProofs,
  'list-append': transactionProofs('lists'),
  'rw-register': transactionProofs('registers'),
  ...directProofs,
  'unique-ids': { 'duplicate-id': duplicateId },
};
