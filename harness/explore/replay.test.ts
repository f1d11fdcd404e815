import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHistory } from '../history/formats/read.js';
import type { Operation } from '../history/operation.js';
import { nemeses, runCheckers, workloads } from '../registry.js';
import type { Plan } from '../run/plan.js';
import { simulated } from '../simulated/system.js';
import { register } from '../../workloads/register.js';
import { type Laboratory, type Rerun, runAnew } from './laboratory.js';
import { recordedPlan } from './recorded-plan.js';
import { replayAttempts, replayExactly } from './replay.js';
import { signatureOf } from './signature.js';
import { planFor, type PlanWishes } from './testing/plans.js';

let root = '';
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'faultline-replay-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

const laboratory = (): Laboratory => ({
  ...{ root, system: simulated, workloads, nemeses, checkers: runCheckers },
  budget: { timeMs: 20_000, memoryBytes: 2 ** 30 },
});
const FAULTS = [
  { name: 'kill', targets: ['leader', 'one'] },
  { name: 'partition', targets: ['random-halves', 'isolate-leader'] },
];
const plan = (wishes: Partial<PlanWishes> = {}): Plan =>
  planFor({ system: simulated, workload: register, seed: 1, nemeses: FAULTS, ...wishes });
const historyOf = async ({ store }: Rerun) => (await readHistory(store.historyPath, { format: 'jsonl' })).history;

describe('replaying a seed', () => {
  it('is idempotent: the replay of a replay records the same, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2 ** 31),
        fc.constantFrom('none', 'stale-follower-read', 'split-brain'),
        async (seed, bug) => {
          const first = await runAnew(
            plan({ seed, systemOptions: { bug }, timeLimitMs: 4000, nemeses: FAULTS.slice(0, 1) }),
            laboratory(),
          );
          const again = await replayExactly(first.plan, first.store.historyPath, laboratory());
          const third = await replayExactly(again.rerun.plan, first.store.historyPath, laboratory());
          expect([again.comparison?.kind, third.comparison?.kind]).toEqual(['identical', 'identical']);
        },
      ),
      { numRuns: 3 },
    );
  });

  it('is for systems that say of themselves that the seed decides everything', () => {
    expect(simulated.deterministic).toBe(true);
  });

  it('says where a journal differs', async () => {
    const first = await runAnew(plan({ timeLimitMs: 2000, nemeses: [] }), laboratory());
    const other = await replayExactly({ ...first.plan, seed: 2 }, first.store.historyPath, laboratory());
    expect(other.comparison).toMatchObject({ kind: 'different', line: expect.any(Number) as number });
  });

  it('does not ask a torn last line for agreement', async () => {
    const first = await runAnew(plan({ timeLimitMs: 2000, nemeses: [] }), laboratory());
    const text = await readFile(first.store.historyPath, 'utf8');
    const cut = join(root, 'cut.jsonl');
    await appendFile(cut, text.slice(0, text.length / 2));
    const { comparison } = await replayExactly(first.plan, cut, laboratory());
    expect(comparison?.kind).toBe('cut-short');
  });
});

describe('a recorded run', () => {
  it('is issued again on another cluster: the same operations, faults when they really were', async () => {
    const first = await runAnew(plan(), laboratory());
    const history = await historyOf(first);
    const again = recordedPlan(first.plan, history);
    // Another seed is another cluster: messages take other times, other nodes lead.
    const rerun = await runAnew({ ...again, seed: 99 }, laboratory());
    const asked = (events: Iterable<Operation>) => {
      const byThread = new Map<number, string[]>();
      for (const { process, type, f, key, value, workload } of finalAside(events)) {
        if (process === 'nemesis' || type !== 'invoke') continue;
        const thread = process % 10;
        byThread.set(thread, [...(byThread.get(thread) ?? []), JSON.stringify([f, key, value, workload])]);
      }
      return byThread;
    };
    const [before, after] = [asked(history.events()), asked((await historyOf(rerun)).events())];
    expect(again.operations!.length).toBeGreaterThan(500);
    expect(after).toEqual(before);
    const times = ({ results }: Rerun) =>
      results.faults.map(({ kind, requestedTime }) => [kind, Math.round(requestedTime / 1e8)]);
    expect(times(rerun).length).toBeGreaterThan(2);
    expect(times(rerun)).toEqual(times(first));
  });

  it('has its aimed faults begin again after as many operations', async () => {
    const first = await runAnew(plan(), laboratory());
    const aimed = first.plan.schedule.map((fault) => ({ ...fault, trigger: { kind: 'first-info' } as const }));
    const { schedule } = recordedPlan({ ...first.plan, schedule: aimed }, await historyOf(first));
    const counts = schedule.map(({ trigger }) => (trigger?.kind === 'invocations' ? trigger.count : -1));
    expect(counts.length).toBe(aimed.length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts[0]).toBeGreaterThan(50);
  });

  it('that was ended before its clients began cannot be', async () => {
    const { history } = await readHistory(await empty(), { format: 'jsonl' });
    expect(() => recordedPlan(plan(), history)).toThrow('run seed-1 ended before its clients began');
  });

  it('is tried as often as asked for, and what showed again is counted', async () => {
    const first = await runAnew(plan({ systemOptions: { bug: 'stale-follower-read' }, nemeses: [] }), laboratory());
    const signature = signatureOf(first.results);
    expect(signature).toEqual({ workload: 'register', checker: 'linearizable', kind: 'nonlinearizable' });
    const repeated = recordedPlan(first.plan, await historyOf(first));
    const often = (bug: string) => {
      const changed = { ...repeated, system: { ...repeated.system, options: { ...repeated.system.options, bug } } };
      return replayAttempts({ plan: changed, attempts: 2, signature, laboratory: laboratory() });
    };
    expect((await often('stale-follower-read')).share).toMatchObject({ times: 2, of: 2 });
    expect((await often('none')).share).toMatchObject({ times: 0, of: 2 });
  });
});

/** Events before the final reads. */
function* finalAside(events: Iterable<Operation>): Iterable<Operation> {
  for (const event of events) {
    if (event.f === 'phase' && event.value === 'final') return;
    yield event;
  }
}

async function empty(): Promise<string> {
  const path = join(root, 'empty.jsonl');
  await appendFile(path, '{"index":0,"time":0,"process":"nemesis","type":"info","f":"note","value":{"end":true}}\n');
  return path;
}
