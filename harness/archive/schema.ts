import { z } from 'zod';

const fare = z.object({
  seconds: z.number(),
  operations: z.number(),
  throughputHz: z.number(),
  availability: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

/** metrics.json. */
export const metricsSchema = z.object({
  version: z.int(),
  calm: fare,
  faults: z.record(z.string(), fare.extend({ recoveryMs: z.array(z.number()) })),
});
