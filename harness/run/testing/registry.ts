/** What a registry shows to a child that watches a run. */
import { ascending, reading } from './world.js';

export const workloads = [ascending, reading];
export const runCheckers = [];
export const streamingCheckers = {};
