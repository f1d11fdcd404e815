import { createHash } from 'node:crypto';
import type { Json } from '../history/operation.js';
import { Random } from '../kit/random.js';
import type { Cell } from './suite.js';

/** A block of the suite file: a product of its lists. */
export interface Block {
  readonly source: string;
  readonly system: string;
  readonly options: readonly Readonly<Record<string, string>>[];
  /** Each entry is one test's list, as for `-w`. */
  readonly workloads: readonly (readonly string[])[];
  readonly nemeses: readonly (readonly string[])[];
  readonly seeds: number | readonly number[];
  readonly flags: Readonly<Record<string, Json>>;
  readonly expect: Cell['expect'];
}

/** A cell whatever its seed. */
export type Configuration = Omit<Cell, 'id' | 'source' | 'seed' | 'expect'>;

const SEED_BOUND = 2 ** 31;

/**
 * Every combination of a block's lists, seeds innermost. A seed that was not given follows from the suite's and from
 * the configuration alone: adding a cell to the file does not change the others.
 */
export function cellsOf(blocks: readonly Block[], suiteSeed: number): readonly Cell[] {
  return blocks.flatMap((block) =>
    block.options.flatMap((options) =>
      block.workloads.flatMap((workloads) =>
        block.nemeses.flatMap((nemeses) => {
          const configuration = { system: block.system, options, workloads, nemeses, flags: block.flags };
          const { source, expect } = block;
          return seedsOf(block, suiteSeed, configuration).map((seed, at): Cell => ({
            id: idOf(configuration, seed, at),
            source,
            ...configuration,
            seed,
            expect,
          }));
        }),
      ),
    ),
  );
}

function seedsOf({ seeds }: Block, suiteSeed: number, configuration: Configuration): readonly number[] {
  if (typeof seeds !== 'number') return seeds;
  const source = Random.fromSeed(suiteSeed).fork(keyOf(configuration));
  const [drawn] = source.draw((dice) => Array.from({ length: seeds }, () => dice.int(SEED_BOUND)));
  return drawn;
}

/** The same for the same configuration, whatever order its options were written in. */
export function keyOf({ system, options, workloads, nemeses, flags }: Configuration): string {
  const sorted = (record: Readonly<Record<string, Json>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([system, sorted(options), workloads, nemeses, sorted(flags)]);
}

/** For people: `etcd reads=serializable · register · partition,kill`. */
export function labelOf({ system, options, workloads, nemeses }: Configuration): string {
  const set = Object.entries(options).map(([name, value]) => ` ${name}=${value}`);
  return [`${system}${set.join('')}`, workloads.join(','), nemeses.join(',') || 'no faults'].join(' · ');
}

function idOf(configuration: Configuration, seed: number, at: number): string {
  const { system, workloads, nemeses } = configuration;
  const hash = createHash('sha256')
    .update(`${keyOf(configuration)} ${seed}`)
    .digest('hex')
    .slice(0, 6);
  const words = [system, workloads.join('.'), nemeses.join('.') || 'calm'].map((word) => word.slice(0, 40));
  return `${words.join('-')}-s${at + 1}-${hash}`.replace(/[^\w.-]+/g, '_');
}

/** The i-th of n parts (i from 1), dealt like cards, so that each gets some of every kind; together they are all. */
export function shardOf(
  cells: readonly Cell[],
  part: { readonly index: number; readonly of: number },
): readonly Cell[] {
  return cells.filter((_, at) => at % part.of === part.index - 1);
}
