import { readFile, rm, writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { System } from '../../docker/system.js';
import { writeRunReports } from '../../harness/cli/stored-run.js';
import type { Operation } from '../../harness/history/operation.js';
import { messageOf, UserError } from '../../harness/kit/errors.js';
import { nemeses, runCheckers, workloads } from '../../harness/registry.js';
import { launchRun } from '../../harness/run/launch.js';
import { makePlan, plannedSystem } from '../../harness/run/plan-making.js';
import type { Results } from '../../harness/run/plan.js';
import { recheck } from '../../harness/run/recheck.js';
import { createRun } from '../../harness/run/store.js';
import { composeNemeses } from '../../nemesis/compose.js';
import type { Parts, Sabotage } from './means.js';
import { RUN_ID } from './run-id.js';

/** What came of one. */
export interface Outcome {
  /** `refused`: with one line that says where, before anything was judged. */
  readonly outcome: Results['outcome'] | 'refused' | 'crashed';
  /** Everything that the run says of itself. */
  readonly told: string;
  readonly asExpected: boolean;
}

const NODES = ['n1', 'n2', 'n3'];
const BUDGET = { timeMs: 60_000, memoryBytes: 2 ** 31 };

/** A test without sabotage, which has to be valid: otherwise nothing below it means anything. */
export const HONEST: Sabotage = {
  name: 'nothing',
  faults: ['kill:one', 'partition:isolate-one'],
  expected: 'valid',
  says: /./,
  ...{ real: true, quick: true },
};

/** Runs a short test of registers that was sabotaged, from its plan to its report, and judges it. */
export async function runSabotaged(sabotage: Sabotage, system: System, seed = 1): Promise<Outcome> {
  const root = await mkdtemp(join(tmpdir(), 'faultline-sabotage-'));
  try {
    const results = await resultsOf(sabotage, system, seed, root);
    const told = [results.sentence, ...results.notes, ...results.checks.flatMap(reasonsOf)].join('; ');
    const { expected, says } = sabotage;
    const right = expected === 'not valid' ? results.outcome !== 'valid' : results.outcome === expected;
    const proper = right && results.outcome !== 'harness-error';
    return { outcome: results.outcome, told, asExpected: proper && says.test(told) };
  } catch (error) {
    const refused = error instanceof UserError;
    return {
      outcome: refused ? 'refused' : 'crashed',
      told: messageOf(error),
      asExpected: refused && sabotage.expected === 'not valid',
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function resultsOf(sabotage: Sabotage, system: System, seed: number, root: string): Promise<Results> {
  const register = workloads.find(({ name }) => name === 'register')!;
  const honest: Parts = { system, workload: register, nemeses };
  const parts = sabotage.parts?.(honest) ?? honest;
  const terrain = { system: system.name, abilities: system.abilities, nodes: NODES.length };
  const plan = makePlan({
    ...{ faultlineVersion: '', runId: RUN_ID, createdAt: new Date(0).toISOString(), command: '', seed },
    system: plannedSystem(system, system.options.parse({}) as Parameters<typeof plannedSystem>[1]),
    nodes: NODES,
    workloads: [{ name: 'register', options: register.options.parse({}) as Record<string, never> }],
    nemeses: composeNemeses(sabotage.faults, nemeses, terrain),
    ...{
      concurrency: 6,
      rateHz: 100,
      operationTimeoutMs: 1000,
      warmUpMs: 1500,
      timeLimitMs: 12_000,
      recoveryMs: 10_000,
    },
  });
  const store = await createRun(root, plan.runId);
  const judged = { workloads: [parts.workload], checkers: runCheckers, budget: BUDGET, store };
  const run = await launchRun({ ...judged, ...parts, plan });
  if (sabotage.journal !== undefined) {
    const text = await readFile(store.historyPath, 'utf8');
    const events = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Operation]));
    const lines = sabotage.journal(events).map((event, index) => JSON.stringify({ ...event, index }));
    await writeFile(store.historyPath, `${lines.join('\n')}\n`);
  }
  const again = await recheck({ ...judged, plan: run.plan });
  const { results } = again;
  await writeRunReports(store, { plan: run.plan, results, history: again.history }, (line) => {
    throw new Error(`the report: ${line}`);
  });
  return results;
}

function reasonsOf({ verdict }: Results['checks'][number]): readonly string[] {
  if (verdict.validity === 'unknown') return [verdict.reason];
  return verdict.anomalies.slice(0, 1).map(({ sentence }) => sentence);
}
