import { z } from 'zod';
import { count, instant, outcome, record, validity } from '../run/schemas/values.js';

export const cellSchema = z.object({
  id: z.string(),
  source: z.string().meta({ description: 'file:line of the suite file' }),
  system: z.string(),
  options: z.record(z.string(), z.string()),
  workloads: z.array(z.string()),
  nemeses: z.array(z.string()),
  seed: z.int(),
  flags: record,
  expect: z.enum(['valid', 'invalid']),
});

/** A line of attempts.jsonl, and in suite.json. */
export const attemptSchema = z.object({
  cell: z.string(),
  number: z.int().min(1),
  outcome,
  sentence: z.string(),
  directory: z.string().optional().meta({ description: 'run directory, relative to the suite’s' }),
  startedAt: instant,
  durationMs: z.number(),
  faults: z.object({
    injected: count,
    effective: count,
    kinds: z.record(z.string(), count).optional().meta({ description: 'those that bit, by kind' }),
  }),
  checks: z.array(
    z.object({
      workload: z.string().optional(),
      checker: z.string(),
      required: z.boolean(),
      validity,
      kinds: z.array(z.string()),
      sentence: z.string().optional(),
      durationMs: z.number(),
    }),
  ),
});

/** suite.json. */
export const suiteSchema = z.object({
  formatVersion: z.int(),
  suiteId: z.string(),
  name: z.string(),
  faultlineVersion: z.string(),
  startedAt: instant,
  endedAt: instant,
  shard: z.string().optional(),
  outcome,
  sentence: z.string(),
  cells: z.array(
    z.object({
      cell: cellSchema,
      outcome: z.enum([...outcome.options, 'not-run']),
      asExpected: z.boolean(),
      sentence: z.string(),
      attempts: z.array(attemptSchema),
    }),
  ),
  claims: z.array(
    z.object({ configuration: z.string(), runs: count, violations: count, upperBound: z.number().min(0).max(1) }),
  ),
});

/** suite-plan.json. */
export const suitePlanSchema = z.object({
  formatVersion: z.int(),
  suiteId: z.string(),
  startedAt: instant,
  shard: z.string().optional(),
  suite: z.object({
    name: z.string(),
    file: z.string(),
    seed: z.int(),
    budgetMs: z.number().optional(),
    parallel: z.union([z.int(), z.literal('auto')]),
    attempts: z.int(),
    cells: z.array(cellSchema),
  }),
});
