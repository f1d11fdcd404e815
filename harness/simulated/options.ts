import { z } from 'zod';
import type { SessionFamily } from '../../docker/system.js';
import { suggestion } from '../kit/suggest.js';
import { type Behaviour, CORRECT, LEVELS } from './behaviour.js';
import { BUGS } from './bugs/bugs.js';
import { NARROW_BUGS } from './bugs/narrow.js';

const NO_BUG = 'none';
const PLANTABLE = [...BUGS, ...NARROW_BUGS];
const names: readonly string[] = [NO_BUG, ...PLANTABLE.map(({ name }) => name)];

export const simulatedOptions = z.object({
  bug: z
    .string()
    .refine((name) => names.includes(name), {
      error: ({ input }) => `unknown bug${suggestion(String(input), names)}`,
    })
    .default(NO_BUG)
    .describe('a planted bug, by name (faultline prove lists them), or none'),
  latency: z.coerce.number().min(0.001).max(1000).default(0.25).describe('ms that a message takes at least, one way'),
  loss: z.coerce.number().min(0).max(0.9).default(0.001).describe('share of messages between nodes that get lost'),
  reorder: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('share of messages between nodes that may overtake each other'),
  kill: z
    .enum(['process', 'power'])
    .default('process')
    .describe('what a kill takes: the process alone, or with power also what its disk had not synced'),
  isolation: z
    .enum(LEVELS)
    .default('strict-serializable')
    .describe('of transactions over tables; a weaker level makes workloads that can use tables use them'),
  family: z.enum(['any', 'kv', 'sql']).default('any').describe('what workloads use that can use several'),
});

export type SimulatedOptions = z.infer<typeof simulatedOptions>;

/** The store that these options describe. */
export function behaviourOf({ bug, kill, isolation }: SimulatedOptions): Behaviour {
  const planted = PLANTABLE.find(({ name }) => name === bug)?.behaviour ?? {};
  return { ...CORRECT, isolation, ...(kill === 'power' && { killLoses: 'unsynced' }), ...planted };
}

/** What workloads should use that can use several. */
export function preferredFamily({ family, isolation, bug }: SimulatedOptions): SessionFamily {
  if (family !== 'any') return family;
  if (isolation !== 'strict-serializable') return 'sql';
  return BUGS.find(({ name }) => name === bug)?.family ?? 'kv';
}
