import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Journal } from '../history/journal.js';
import type { JournalFile } from '../history/journal.js';
import { UserError } from '../kit/errors.js';
import { VirtualClock } from '../kit/clock.js';
import type { RunStatus } from './status.js';
import { recheck } from './recheck.js';
import { runTest } from './run.js';
import { ascending, decided, eventsIn, memoryRun, NODES, outage, removeRuns } from './testing/world.js';

afterEach(removeRuns);

const FAULTS = {
  nemeses: [{ name: 'outage', targets: ['one', 'all'] }],
  timeLimitMs: 4000,
  faultMs: 500,
  pauseMs: 300,
} as const;

/** On a virtual clock, so that seconds of faults take no time. */
async function inVirtualTime(changes: Parameters<typeof memoryRun>[0] = {}) {
  const clock = new VirtualClock();
  const request = await memoryRun({ clock, ...changes });
  const nemeses = changes.nemeses ?? [outage(request.cluster.trouble)];
  const results = await clock.run(runTest({ ...request, nemeses }));
  return { request, results, events: eventsIn(request.store.historyPath) };
}

describe('a run', () => {
  it('goes through its phases to a verdict, and leaves plan, history and results', async () => {
    const { results, request, events } = await inVirtualTime();
    expect(results).toMatchObject({
      outcome: 'valid',
      sentence: expect.stringMatching(/^memory: no violation in \d+ operations of ascending; what it was told\.$/),
      notes: [],
    });
    expect(results.phases.map(({ name }) => name)).toEqual(['warm-up', 'faults', 'recovery', 'final']);
    const marks = events.filter(({ f }) => f === 'phase');
    expect(marks[0]).toMatchObject({ process: 'nemesis', type: 'info', value: 'warm-up' });
    expect(marks[1].time - marks[0].time).toBe(100e6);
    expect(marks[2].time - marks[1].time).toBe(300e6);
    expect(JSON.parse(readFileSync(request.store.planPath, 'utf8'))).toEqual(request.plan);
    expect(JSON.parse(readFileSync(request.store.resultsPath, 'utf8'))).toEqual(results);
  });

  it('injects and heals by the schedule, with evidence', async () => {
    const { results, events } = await inVirtualTime({ planned: FAULTS });
    expect(results.faults.length).toBeGreaterThanOrEqual(2);
    for (const fault of results.faults) expect(fault).toMatchObject({ effective: true, healed: true });
    expect(results.sentence).toContain(`under ${results.faults.length} faults;`);
    const first = events.filter(({ process, f }) => process === 'nemesis' && f !== 'phase').slice(0, 4);
    expect(first.map(({ type, f }) => `${type} ${f}`)).toEqual([
      ...['invoke outage', 'ok outage'],
      ...['invoke heal', 'ok heal'],
    ]);
    expect(first[1].value).toMatchObject({ id: 1, kind: 'outage', description: expect.stringContaining('down') });
    expect(first[3].value).toMatchObject({ id: 1, effective: true, healed: true, leadersAfter: ['n1'] });
  });

  it('lets faults take place that were held up, at most twice as long as planned', async () => {
    const slow = (delayMs: number) => async (changes: Parameters<typeof inVirtualTime>[0]) => {
      const clock = new VirtualClock();
      const request = await memoryRun({ clock, ...changes });
      const usual = outage(request.cluster.trouble);
      const inject: typeof usual.inject = async (...args) => {
        await clock.sleep(delayMs);
        return usual.inject(...args);
      };
      const results = await clock.run(runTest({ ...request, nemeses: [{ ...usual, inject }] }));
      const faultsPhase = results.phases.find(({ name }) => name === 'faults')!;
      return {
        results,
        planned: request.plan.schedule.length,
        tookMs: (faultsPhase.endTime - faultsPhase.startTime) / 1e6,
      };
    };
    const late = await slow(1500)({ planned: FAULTS });
    expect(late.planned).toBeGreaterThanOrEqual(2);
    expect(late.results.faults.filter(({ effective, healed }) => effective && healed)).toHaveLength(late.planned);
    expect(late.tookMs).toBeGreaterThan(4000);
    const never = await slow(60_000)({ planned: FAULTS });
    expect(never.tookMs).toBeLessThan(70_000);
    expect(never.results.faults.length).toBeLessThan(never.planned);
  });

  it('injects nothing any more once everything is healed, whatever an aimed fault waited for', async () => {
    const clock = new VirtualClock();
    const request = await memoryRun({ clock });
    const asked = { id: 1, kind: 'outage', target: 'one', order: NODES };
    // More invocations than there are before the recovery.
    const trigger = { kind: 'invocations', count: 200 } as const;
    const plan = { ...request.plan, nemeses: ['outage'], schedule: [{ request: asked, atMs: 0, forMs: 100, trigger }] };
    const { cluster } = request;
    const ready = () => clock.sleep(400);
    Object.assign(cluster, { ready });
    const results = await clock.run(runTest({ ...request, plan, nemeses: [outage(cluster.trouble)] }));
    expect(results.faults).toEqual([]);
    expect(results.notes.join()).toContain('fault 1 (outage one) never began');
    expect(results.counts.reduce((sum, { ok }) => sum + ok, 0)).toBeGreaterThan(220);
  });

  it('on a simulated clock is the same on the same seed, byte for byte', async () => {
    const journal = async (seed: number) => {
      const { request } = await inVirtualTime({ planned: { ...FAULTS, seed } });
      return readFileSync(request.store.historyPath, 'utf8');
    };
    const first = await journal(1);
    expect(await journal(1)).toBe(first);
    expect(await journal(2)).not.toBe(first);
  });

  it('gives every workload threads, rate and final reads of its own, spread over all nodes', async () => {
    const workloads = [ascending.name, 'reading'].map((name) => ({ name, options: {} }));
    const { results, events } = await inVirtualTime({ planned: { workloads, timeLimitMs: 2000 } });
    expect(results.outcome).toBe('valid');
    for (const { name } of workloads) {
      const mine = events.filter(({ workload, type }) => workload === name && type === 'invoke');
      expect(mine.length).toBeGreaterThan(2.1 * 250 * 0.7);
      expect(mine.length).toBeLessThan(2.1 * 250 * 1.3);
      expect(new Set(mine.map(({ node }) => node))).toEqual(new Set(NODES));
      const threads = new Set(mine.map(({ process }) => Number(process) % 6));
      expect([...threads].sort()).toEqual(name === 'reading' ? [3, 4, 5] : [0, 1, 2]);
    }
  });

  it('reads finally on fresh processes', async () => {
    const { events } = await inVirtualTime();
    const start = events.findIndex(({ value }) => value === 'final');
    const before = new Set(events.slice(0, start).map(({ process }) => process));
    const after = events.slice(start).filter(({ process }) => process !== 'nemesis');
    expect(after.length).toBeGreaterThan(0);
    for (const { process } of after) expect(before).not.toContain(process);
  });

  it('finds what is wrong', async () => {
    const { results } = await inVirtualTime({ trouble: { loseWrites: true }, planned: { timeLimitMs: 1000 } });
    expect(results).toMatchObject({ outcome: 'invalid', sentence: expect.stringContaining('was written, and') });
  });

  it('tells how it is going', async () => {
    const seen: RunStatus[] = [];
    await inVirtualTime({ planned: FAULTS, onStatus: (status) => seen.push(status) });
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(
      new Set(['warm-up', 'faults', 'recovery', 'final', 'check']),
    );
    expect(seen.some(({ currentFault }) => currentFault?.endsWith('down'))).toBe(true);
    expect(seen.some(({ rateHz }) => rateHz > 300 && rateHz < 800)).toBe(true);
    expect(seen.at(-1)!.ok).toBeGreaterThan(100);
  });
});

describe('trouble', () => {
  it('in injecting a fault is recorded, and the run goes on', async () => {
    const nemesis = outage({} as never, { inject: () => Promise.reject(new Error('no such container')) });
    const { results, events } = await inVirtualTime({ planned: FAULTS, nemeses: [nemesis] });
    expect(results.faults[0]).toMatchObject({ effective: false, error: expect.stringContaining('no such container') });
    expect(events.some(({ f }) => f === 'heal')).toBe(false);
    expect(results.phases.map(({ name }) => name)).toContain('final');
  });

  it('in healing makes the run inconclusive', async () => {
    const stuck = outage({ down: new Set() } as never, {
      inject: async () => ({
        ...{ description: 'n1 stuck', nodes: ['n1'], leadersBefore: [] },
        heal: () => Promise.reject(new Error('exec failed')),
      }),
    });
    const { results } = await inVirtualTime({ planned: FAULTS, nemeses: [stuck] });
    expect(results.outcome).toBe('inconclusive');
    expect(results.notes[0]).toMatch(/fault 1 \(n1 stuck\) could not be proven healed/);
  });

  it('with a node that does not come back makes the run inconclusive, and it ends all the same', async () => {
    const { results } = await inVirtualTime({ trouble: { neverReady: true } });
    expect(results).toMatchObject({ outcome: 'inconclusive', sentence: expect.stringContaining('n3 does not answer') });
    expect(results.phases.map(({ name }) => name)).toContain('final');
  });

  it('with operations that never succeed again is told', async () => {
    const lasting = outage({ down: new Set() } as never, {
      inject: async () => {
        for (const node of NODES) lasting.down.add(node);
        return {
          ...{ description: 'all down', nodes: NODES, leadersBefore: [] },
          heal: async () => ({ evidence: [], effective: false, healing: [], healed: true, leadersAfter: [] }),
        };
      },
    }) as ReturnType<typeof outage> & { down: Set<string> };
    const request = { trouble: { down: new Set<string>() } };
    lasting.down = request.trouble.down;
    const { results } = await inVirtualTime({ ...request, planned: FAULTS, nemeses: [lasting] });
    expect(results.outcome).toBe('inconclusive');
    expect(results.notes).toEqual([
      expect.stringMatching(/(read|write) of ascending never succeeded/),
      expect.stringMatching(/(read|write) of ascending never succeeded/),
    ]);
  });

  it('in setting up is a harness error', async () => {
    const { results, events } = await inVirtualTime({ trouble: { down: new Set(NODES) } });
    expect(events.map(({ value }) => value)).toEqual([{ harnessError: results.harnessError }]);
    expect(results.outcome).toBe('harness-error');
    expect(results.harnessError).toBe('workload ascending: set-up failed: n1 is down');
  });

  it('of a client that breaks its contract is a harness error, and a violation wins over it', async () => {
    const broken = {
      ...ascending,
      clients: {
        kv: { setUp: async () => {}, client: () => ({ invoke: async () => ({ type: 'maybe' }) as never }) },
      },
    };
    const run = (checkers: Parameters<typeof memoryRun>[0]) => inVirtualTime({ workloads: [broken], ...checkers });
    expect((await run({})).results).toMatchObject({
      outcome: 'harness-error',
      harnessError: expect.stringContaining('no completion'),
    });
    const anomalies = [{ kind: 'stale', sentence: 'Stale.', operations: [0] }] as const;
    const checkers = [{ checker: decided({ validity: 'invalid', anomalies }), required: true }];
    expect((await run({ checkers })).results).toMatchObject({ outcome: 'invalid' });
  });

  it('with a full disk stops cleanly, and what was written is kept and judged', async () => {
    const create = vi.spyOn(Journal, 'create').mockImplementationOnce(async (path) => {
      const file = await open(path, 'wx');
      let left = 5000;
      const limited: JournalFile = {
        async write(bytes, offset, length) {
          if (left === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
          const taken = await file.write(bytes, offset, Math.min(left, length));
          left -= taken.bytesWritten;
          return taken;
        },
        sync: () => file.sync(),
        close: () => file.close(),
      };
      return new Journal(limited, path);
    });
    // Real time: the disk does not wait for a virtual clock.
    const request = await memoryRun({ planned: { timeLimitMs: 60_000 } });
    const results = await runTest(request);
    create.mockRestore();
    expect(results).toMatchObject({
      outcome: 'harness-error',
      harnessError: expect.stringContaining('no space left on the disk'),
    });
    expect(readFileSync(request.store.historyPath).length).toBe(5000);
    expect(results.counts.length).toBeGreaterThan(0);
  });
});

describe('an interruption', () => {
  it('heals, stops, keeps and judges', async () => {
    const controller = new AbortController();
    const clock = new VirtualClock();
    const request = await memoryRun({ clock, signal: controller.signal, planned: FAULTS });
    const atFirstFault = (status: RunStatus) => status.currentFault && controller.abort();
    const run = runTest({ ...request, nemeses: [outage(request.cluster.trouble)], onStatus: atFirstFault });
    const results = await clock.run(run);
    expect(request.cluster.trouble.down.size).toBe(0);
    expect(results).toMatchObject({
      outcome: 'inconclusive',
      notes: [expect.stringContaining('the run was ended early')],
    });
    expect(results.faults).toMatchObject([{ effective: true, healed: true }]);
    const events = eventsIn(request.store.historyPath);
    const open = new Set<unknown>();
    for (const { process, type } of events)
      if (type === 'invoke') open.add(process);
      else open.delete(process);
    expect(open.size).toBe(0);
    expect(results.phases.map(({ name }) => name)).toEqual(['warm-up', 'faults']);
  });
});

describe('a stored run', () => {
  it('is judged the same again', async () => {
    const { results, request } = await inVirtualTime({ planned: FAULTS });
    const { results: again } = await recheck(request);
    const timeless = ({ checks, ...rest }: typeof results) => ({
      ...rest,
      checks: checks.map((check) => ({ ...check, durationMs: 0 })),
    });
    expect(timeless(again)).toEqual(timeless(results));
  });

  it('that was cut short is judged as far as it goes, and is never valid', async () => {
    const { request } = await inVirtualTime();
    const text = readFileSync(request.store.historyPath, 'utf8');
    writeFileSync(request.store.historyPath, text.slice(0, text.length * 0.6));
    const { results: again } = await recheck(request);
    expect(again.outcome).toBe('inconclusive');
    expect(again.notes.join()).toMatch(/cut short/);
    expect(again.counts.length).toBeGreaterThan(0);
  });

  it('is not begun twice in one directory', async () => {
    const { request } = await inVirtualTime();
    await expect(runTest(request)).rejects.toBeInstanceOf(UserError);
    expect(existsSync(request.store.resultsPath)).toBe(true);
  });
});
