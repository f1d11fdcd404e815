import { z } from 'zod';
import type { Json } from '../../harness/history/operation.js';
import type { Plan, Results } from '../../harness/run/plan.js';
import type { SuiteResults } from '../../harness/suite/suite.js';
import { planSchema } from '../../harness/run/schemas/plan.js';
import { resultsSchema } from '../../harness/run/schemas/results.js';
import { suiteSchema } from '../../harness/suite/schema.js';

/** A type without its `readonly`, which a schema does not know. What may be any JSON stays as it is: it has no end. */
type Plain<T> = Json extends T ? 'json' : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;
/** Fails to compile where what is written and what is published are no longer the same. */
type Same<Published, Written> = [Plain<Written>, Plain<Published>] extends [Plain<Published>, Plain<Written>]
  ? Published
  : never;

export const plan: z.ZodType<Same<z.infer<typeof planSchema>, Plan>> = planSchema;
export const results: z.ZodType<Same<z.infer<typeof resultsSchema>, Results>> = resultsSchema;
export const suite: z.ZodType<Same<z.infer<typeof suiteSchema>, SuiteResults>> = suiteSchema;

/** Files for machines that are published with a schema: `docs/schemas/<name>.schema.json`. */
export const PUBLISHED = { plan, results, suite } as const;

const TITLES: Readonly<Record<keyof typeof PUBLISHED, string>> = {
  plan: 'plan.json of Faultline: everything that decides a run',
  results: 'results.json of Faultline: what a run found',
  suite: 'suite.json of Faultline: what a suite of runs found',
};

/** The JSON Schema (draft 2020-12) of a file. More fields than it names may come with later versions. */
export function jsonSchemaOf(name: keyof typeof PUBLISHED): object {
  const { $schema, ...schema } = z.toJSONSchema(PUBLISHED[name], { io: 'input', unrepresentable: 'any' });
  return { $schema, title: TITLES[name], ...schema };
}
