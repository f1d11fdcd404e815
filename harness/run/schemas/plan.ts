import { z } from 'zod';
import { faultRequest } from './results.js';
import { instant, json, record } from './values.js';

const trigger = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('leader-changed') }),
  z.object({ kind: z.literal('first-info') }),
  z.object({ kind: z.literal('invocations'), count: z.number(), f: z.string().optional() }),
  z.object({ kind: z.literal('log-line'), text: z.string() }),
]);

/** plan.json of a run. */
export const planSchema = z.object({
  formatVersion: z.int(),
  faultlineVersion: z.string(),
  runId: z.string(),
  createdAt: instant,
  startedAt: instant.optional(),
  command: z.string().meta({ description: 'the command line that repeats the run' }),
  seed: z.int(),
  system: z.object({
    name: z.string(),
    options: record,
    nodes: z.int(),
    indefinite: z
      .array(z.string())
      .optional()
      .meta({ description: 'codes of errors after which an operation may have taken effect' }),
    claims: z.object({ consistency: z.string(), source: z.string() }),
    versions: z.record(z.string(), z.string()),
  }),
  workloads: z.array(z.object({ name: z.string(), options: record, keyspace: z.string(), concurrency: z.int() })),
  nemeses: z.array(z.string()),
  asked: z
    .array(z.string())
    .optional()
    .meta({ description: 'faults that have to take place: kinds, and kinds with the targets that were named' }),
  schedule: z.array(
    z.object({ request: faultRequest, atMs: z.number(), forMs: z.number(), trigger: trigger.optional() }),
  ),
  operations: z
    .array(
      z.object({
        thread: z.int(),
        atMs: z.number(),
        f: z.string(),
        value: json,
        key: z.string().optional(),
        workload: z.string().optional(),
      }),
    )
    .optional()
    .meta({ description: 'operations of a recorded run that are issued again' }),
  finalReads: z.literal('none').optional(),
  consistency: z.string().optional(),
  rateHz: z.number(),
  operationTimeoutMs: z.number(),
  warmUpMs: z.number(),
  timeLimitMs: z.number(),
  recoveryMs: z.number(),
});
