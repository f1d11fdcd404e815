import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { StrangerError } from '../../docker/system.js';
import type { Workload } from '../../workloads/workload.js';
import { after, clients, once } from '../generator/combinators.js';
import { VirtualClock } from '../kit/clock.js';
import type { Results } from './plan.js';
import { recheck } from './recheck.js';
import type { RunRequest } from './run.js';
import { runTest } from './run.js';
import { ascending, memoryRun, outage, removeRuns } from './testing/world.js';

afterEach(removeRuns);

type Changes = Parameters<typeof memoryRun>[0];
type Request = Awaited<ReturnType<typeof memoryRun>>;

const fail = (): never => {
  throw new Error('thrown on purpose');
};
const FAULTS = {
  nemeses: [{ name: 'outage', targets: ['one'] }],
  timeLimitMs: 4000,
  faultMs: 500,
  pauseMs: 300,
} as const;
/** A generator that throws when it is asked for the first time after so long. */
const throwingAfter = (ms: number) => {
  const step = clients(once({ f: 'read', value: null }));
  return after(ms, { ...step, next: fail, update: () => step });
};
const withWorkload = (changes: Partial<Workload>): Changes => ({ workloads: [{ ...ascending, ...changes }] });
const client = ascending.clients.kv!;

async function run(
  changes: Changes,
  change: (request: Request) => Partial<RunRequest> | undefined,
): Promise<[Results, Request]> {
  const clock = new VirtualClock();
  const request = await memoryRun({ clock, ...changes });
  const nemeses = [outage(request.cluster.trouble)];
  const results = await clock.run(runTest({ ...request, nemeses, ...change(request) }));
  return [results, request];
}

const nothing = () => undefined;
/** After a change in place nothing else is to change. */
function asIs(...changed: readonly unknown[]): undefined {
  void changed;
}

describe('whatever throws, in whichever phase, the run ends with results that say so', () => {
  it.each<[string, Results['outcome'], Changes, (request: Request) => Partial<RunRequest> | undefined]>([
    ['set-up', 'harness-error', withWorkload({ clients: { kv: { ...client, setUp: fail } } }), nothing],
    ['settling', 'harness-error', {}, ({ cluster }) => asIs(Object.assign(cluster, { settle: fail }))],
    ['assigning', 'harness-error', { workloads: [] }, nothing],
    ['opening sessions', 'inconclusive', withWorkload({ clients: { kv: { ...client, client: fail } } }), nothing],
    ['warm-up', 'harness-error', withWorkload({ generator: () => throwingAfter(0) }), nothing],
    ['faults', 'harness-error', withWorkload({ generator: () => throwingAfter(250) }), nothing],
    [
      'an injection',
      // It is in the history, and the checkers of a real run doubt it there.
      'valid',
      { planned: FAULTS },
      ({ cluster }) => ({ nemeses: [outage(cluster.trouble, { inject: fail })] }),
    ],
    [
      'healing',
      'inconclusive',
      { planned: FAULTS },
      ({ cluster }) => ({ nemeses: [outage(cluster.trouble, { inject: async () => ({ ...STUCK, heal: fail }) })] }),
    ],
    ['recovery', 'harness-error', {}, ({ cluster }) => asIs(Object.assign(cluster, { ready: fail }))],
    ['final reads', 'harness-error', withWorkload({ finalGenerator: fail }), nothing],
    ['finding checkers', 'harness-error', withWorkload({ checkers: fail }), nothing],
    [
      'a check',
      'inconclusive',
      withWorkload({ checkers: () => [{ checker: { name: 'bad', summary: '', check: fail }, required: true }] }),
      nothing,
    ],
    ['looking meanwhile', 'harness-error', {}, () => ({ watch: fail })],
  ])('%s: %s', async (phase, outcome, changes, change) => {
    const [results, { store, cluster }] = await run(changes, change);
    expect(results.outcome).toBe(outcome);
    if (outcome === 'harness-error') expect(results.harnessError).toBeDefined();
    expect(JSON.parse(readFileSync(store.resultsPath, 'utf8'))).toEqual(results);
    if (phase !== 'healing') expect(cluster.trouble.down.size).toBe(0);
  });

  it('a stranger’s answer, at whichever moment, ends the run: it is no part of the history’s verdict', async () => {
    const stranger = () => Promise.reject(new StrangerError('n1', 'cluster 1', '2'));
    const answers = await run(
      withWorkload({ clients: { kv: { ...client, client: () => ({ invoke: stranger }) } } }),
      nothing,
    );
    const opens = await run({}, ({ cluster }) => {
      const open = cluster.open.bind(cluster);
      let opened = 0;
      return asIs(
        Object.assign(cluster, {
          open: (...given: Parameters<typeof open>) => (opened++ > 0 ? stranger() : open(...given)),
        }),
      );
    });
    const setsUp = await run({}, ({ cluster }) => asIs(Object.assign(cluster, { open: stranger })));
    for (const [results] of [answers, opens, setsUp]) {
      expect(results.outcome).toBe('harness-error');
      expect(results.harnessError).toMatch(/a stranger answers for n1: it says it belongs to cluster 1/);
    }
  });

  it('showing how it goes', async () => {
    const [results] = await run({ onStatus: fail }, nothing);
    expect(results.outcome).toBe('valid');
  });

  it('keeps the reason with the journal, for who checks the run without its results', async () => {
    const [results, request] = await run(withWorkload({ generator: () => throwingAfter(250) }), nothing);
    rmSync(request.store.resultsPath);
    const { results: again } = await recheck(request);
    expect([again.outcome, again.harnessError]).toEqual(['harness-error', results.harnessError]);
  });

  it('an injection that never ends is given up, and what else is in place is healed', async () => {
    const [results] = await run({ planned: { ...FAULTS, rateHz: 10 } }, ({ cluster }) => ({
      nemeses: [outage(cluster.trouble, { inject: () => new Promise(() => undefined) })],
    }));
    expect(results.outcome).toBe('inconclusive');
    expect(results.notes.join()).toMatch(/did not end within/);
  });

  it('a heal that never ends is given up', async () => {
    const [results] = await run({ planned: { ...FAULTS, rateHz: 10 } }, ({ cluster }) => ({
      nemeses: [
        outage(cluster.trouble, { inject: async () => ({ ...STUCK, heal: () => new Promise(() => undefined) }) }),
      ],
    }));
    expect(results.outcome).toBe('inconclusive');
  });

  it('stops telling how it goes, so that the process can end', async () => {
    let told = 0;
    const request = await memoryRun({ ...withWorkload({ checkers: fail }), onStatus: () => void told++ });
    const results = await runTest(request);
    expect(results.outcome).toBe('harness-error');
    const then = told;
    await sleep(600);
    expect(told).toBe(then);
  });
});

describe('a place that takes no more', () => {
  it('costs results.json, never the verdict', async () => {
    const [results, { store }] = await run({}, ({ store: { resultsPath } }) => asIs(mkdirSync(resultsPath)));
    expect(results.outcome).toBe('valid');
    expect(results.notes.join()).toContain(`${store.resultsPath}: cannot be written`);
  });

  it('that vanished with what was recorded is a harness error', async () => {
    const [results, { store }] = await run(
      withWorkload({
        finalGenerator: () => clients(once({ f: 'read', value: null })),
      }),
      ({ cluster, store: { directory } }) => {
        const ready = async () => rmSync(directory, { recursive: true });
        return asIs(Object.assign(cluster, { ready }));
      },
    );
    expect(results.outcome).toBe('harness-error');
    expect(results.harnessError).toContain('is gone');
    expect(existsSync(store.directory)).toBe(false);
  });

  it('is no place for a failure’s results either, and that is quiet', async () => {
    const { store, plan } = await memoryRun();
    await store.saveFailure(plan, 'the engine is gone');
    expect(await store.loadResults()).toMatchObject({ outcome: 'harness-error', harnessError: 'the engine is gone' });
    writeFileSync(store.resultsPath, '{}');
    await store.saveFailure(plan, 'something else');
    expect(readFileSync(store.resultsPath, 'utf8')).toBe('{}');
    rmSync(store.directory, { recursive: true });
    await store.saveFailure(plan, 'something else');
  });
});

const STUCK = { description: 'n1 stuck', nodes: ['n1'], leadersBefore: [] };
