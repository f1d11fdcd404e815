import { z } from 'zod';
import type { Json } from '../../history/operation.js';

/** Anything that JSON can say. */
export const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
export const record = z.record(z.string(), json);
export const outcome = z.enum(['valid', 'invalid', 'inconclusive', 'harness-error']);
export const validity = z.enum(['valid', 'invalid', 'unknown']);
/** Nanoseconds since the run began. */
export const time = z.number().meta({ description: 'nanoseconds since the run began' });
export const count = z.int().min(0);
export const instant = z.string().meta({ description: 'ISO 8601' });
