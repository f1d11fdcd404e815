/**
 * How many operations a guided search needs to find planted bugs with narrow windows, and how many faults at random times
 * need: `npx tsx bench/explore.ts [seeds, or from-to] [bug…] [guided|random]`. Both have the same kinds of fault, as many of them in a run, runs of
 * the same length, and another seed for each run; the medians are over the seeds of the search. A search that finds
 * nothing in its most runs counts with what it spent: the true ratio is larger.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { explore, type Explored } from '../harness/explore/search/explore.js';
import type { SearchSpace } from '../harness/explore/search/idea.js';
import { Blind, Guided, type Strategy } from '../harness/explore/search/search.js';
import type { Json } from '../harness/history/operation.js';
import { nemeses, workloads } from '../harness/registry.js';
import { makePlan } from '../harness/run/plan-making.js';
import type { Bug } from '../harness/simulated/bugs/bug.js';
import { BUGS } from '../harness/simulated/bugs/bugs.js';
import { NARROW_BUGS } from '../harness/simulated/bugs/narrow.js';
import { simulated } from '../harness/simulated/system.js';

/** Besides those that a bug is known to need. */
const KINDS = ['kill', 'pause', 'partition'];
/** One node at a time: a cut that lets one side hear the other keeps a window open that is to be narrow. */
const TARGETS = ['one', 'leader', 'non-leader', 'isolate-one', 'isolate-leader'];
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const TIME_LIMIT_MS = 8000;
const FAULTS = 6;
const RATE_HZ = 100;
const MOST_RUNS = 250;
/** What is compared: `guided`, `random`, or both. */
const WAYS = ['guided', 'random'] as const;
type Way = (typeof WAYS)[number];

const [seeds = '20', ...words] = process.argv.slice(2);
const [first, last] = seeds.includes('-') ? seeds.split('-').map(Number) : [1, Number(seeds)];
const bugs = words.filter((word) => !isWay(word));
const ways = words.some(isWay) ? words.filter(isWay) : WAYS;
const chosen = bugs.length > 0 ? bugs.map(bugNamed) : NARROW_BUGS;
const root = mkdtempSync(join(tmpdir(), 'faultline-explore-'));

try {
  console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)}; seeds ${first} to ${last}`);
  for (const bug of chosen) await compare(bug);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function bugNamed(name: string): Bug {
  const found = [...BUGS, ...NARROW_BUGS].find((each) => each.name === name);
  if (found === undefined) throw new Error(`no bug ${name}`);
  return found;
}

function isWay(word: string): word is Way {
  return (WAYS as readonly string[]).includes(word);
}

async function compare(bug: Bug): Promise<void> {
  const results = { guided: [] as Explored[], random: [] as Explored[] };
  for (let seed = first; seed <= last; seed++) {
    for (const way of ways) {
      const explored = await search(bug, seed, strategyOf(way, bug, seed), MOST_RUNS);
      results[way].push(explored);
      console.log(`${bug.name}, seed ${seed}: ${way} ${spent(explored)}`);
    }
  }
  const summaries = ways.map((way) => summary(way, results[way]));
  const ratio = summaries.length === 2 ? `\n  ratio ${(summaries[1].median / summaries[0].median).toFixed(1)}` : '';
  console.log(`${bug.name}\n${summaries.map(({ text }) => `  ${text}`).join('\n')}${ratio}`);
}

function strategyOf(way: Way, bug: Bug, seed: number): Strategy {
  const space = spaceOf(bug);
  return way === 'guided' ? new Guided(space, 'inside', seed) : new Blind(space, seed);
}

function spent({ found, operations, runs }: Explored): string {
  return `${found === undefined ? 'nothing in ' : ''}${operations} operations (${runs} runs)`;
}

function summary(name: string, explored: readonly Explored[]) {
  const found = explored.filter((each) => each.found !== undefined).length;
  const median = medianOf(explored.map(({ operations }) => operations));
  const runs = medianOf(explored.map((each) => each.runs));
  const text = `${name}: found ${found} of ${explored.length}, median ${median} operations, ${runs} runs`;
  return { median, text };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : Math.round((sorted[middle - 1] + sorted[middle]) / 2);
}

function spaceOf({ exposedBy }: Bug): SearchSpace {
  const terrain = { system: simulated.name, abilities: simulated.abilities, nodes: NODES.length };
  const kinds = [...new Set([...KINDS, ...exposedBy.nemeses])].map((name) =>
    nemeses.find((each) => each.name === name)!,
  );
  return {
    nemeses: kinds.map(({ name, targets, targetsFor }) => ({
      name,
      targets: (targetsFor?.(terrain) ?? targets).filter((target) => TARGETS.includes(target)),
    })),
    nodes: NODES,
    timeLimitMs: TIME_LIMIT_MS,
    faults: FAULTS,
  };
}

function search(bug: Bug, seed: number, strategy: Strategy, maxRuns: number): Promise<Explored> {
  const options = simulated.options.parse({ bug: bug.name }) as Record<string, Json>;
  const { exposedBy, caughtBy } = bug;
  const workload = workloads.find(({ name }) => name === exposedBy.workload)!;
  const settings = workload.options.parse(exposedBy.options) as Record<string, Json>;
  const plan = makePlan({
    ...{ faultlineVersion: '', runId: 'bench', createdAt: '', command: '', seed: seed * 1000, nodes: NODES },
    system: { name: simulated.name, options, claims: simulated.claims(options), versions: {} },
    workloads: [{ name: workload.name, options: settings }],
    nemeses: [],
    ...{ concurrency: 10, rateHz: RATE_HZ, operationTimeoutMs: 1000, warmUpMs: 500, recoveryMs: 2000 },
    timeLimitMs: TIME_LIMIT_MS,
  });
  // The checker that is to find it; the others cost time and change nothing.
  const judged = {
    ...workload,
    checkers: (given: typeof settings) => workload.checkers(given).filter(({ checker }) => checker.name === caughtBy),
  };
  const means = { workloads: [judged], nemeses, checkers: [] };
  const laboratory = { ...means, root, system: simulated, budget: { timeMs: 30_000, memoryBytes: 2 ** 31 } };
  return explore({ plan, space: spaceOf(bug), strategy, laboratory, maxRuns });
}
