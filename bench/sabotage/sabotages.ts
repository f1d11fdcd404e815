import { CLIENT_SABOTAGES } from './clients.js';
import { FAULT_SABOTAGES } from './faults.js';
import { JOURNAL_SABOTAGES } from './journals.js';
import { MACHINE_SABOTAGES } from './machines.js';
import type { Sabotage } from './means.js';
import { HONEST } from './run.js';

/** All of them, after the test without any. */
export const SABOTAGES: readonly Sabotage[] = [
  HONEST,
  ...FAULT_SABOTAGES,
  ...CLIENT_SABOTAGES,
  ...JOURNAL_SABOTAGES,
  ...MACHINE_SABOTAGES,
];
