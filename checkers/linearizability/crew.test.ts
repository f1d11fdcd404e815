import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import { UNLIMITED } from '../checker.js';
import { queue } from '../models/queue.js';
import { casRegister } from '../models/register.js';
import { Deadline } from './budget.js';
import { type Help, judgeAll } from './crew.js';
import { linearizable } from './linearizability.js';
import type { Judged, Objects } from './objects.js';
import { PartitionObjects } from './partition-objects.js';
import { registerKind, RegisterObjects } from './register-objects.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { registers, vocabularies } from './testing/vocabularies.js';

const ALONE: Help = { threads: 1, fromEvents: Infinity, fromMs: Infinity };
const CREW: Help = { threads: 3, fromEvents: 0, fromMs: 0 };
const limit = () => new Deadline(1e9, 1e6);
const context = { budget: UNLIMITED, options: {} };

/** As many keys, each with a random small history, about half of them wrong; the events of all mixed. */
function keyed(vocabularies: readonly Vocabulary<never>[], keys: number): History {
  const events: EventInput[] = [];
  for (let key = 0; key < keys; key++) {
    const vocabulary = vocabularies[key % vocabularies.length] as Vocabulary<unknown>;
    const shape = {
      operations: 5 + (key % 20),
      concurrency: 1 + (key % 5),
      infoShare: 0.1,
      corruption: (key % 3) * 0.1,
    };
    for (const event of simulate(vocabulary, shape, key)) {
      events.push({ ...event, key: `k${key}`, process: Number(event.process) + key * 1_000 });
    }
  }
  return historyOf(events);
}

const mixed = [
  registers(3, [2, 2, 5]),
  registers(0, [2, 2, 0]),
  registers(0, [2, 1, 3]),
] as unknown as Vocabulary<never>[];
const registerHistory = keyed(mixed, 150);
const queueHistory = keyed([vocabularies.queue as unknown as Vocabulary<never>], 60);

function registerObjects(history: History): Objects {
  const kind = registerKind(history, casRegister, {})!;
  return RegisterObjects.of(history, kind, casRegister, context, 'wanted', limit());
}

function queueObjects(history: History): Objects {
  return PartitionObjects.of(history, queue, context, 'wanted', limit());
}

/** Judges so slowly that others get to judge too; and counts. */
class Slow implements Objects {
  judgedHere = 0;
  constructor(
    private readonly objects: Objects,
    private readonly pauseMs: number,
  ) {}
  get count() {
    return this.objects.count;
  }
  name = (object: number) => this.objects.name(object);
  size = (object: number) => this.objects.size(object);
  judge(object: number, deadline: Deadline): Judged {
    this.judgedHere++;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.pauseMs);
    return this.objects.judge(object, deadline);
  }
  explain: Objects['explain'] = (object, decision, deadline) => this.objects.explain(object, decision, deadline);
  share = () => this.objects.share();
}

describe('several threads', () => {
  const started: Worker[] = [];
  const note = (worker: Worker) => void started.push(worker);
  beforeAll(() => void process.on('worker', note));
  afterAll(() => void process.off('worker', note));

  it.each([
    ['registers', () => registerObjects(registerHistory)],
    ['queues', () => queueObjects(queueHistory)],
  ])('judge %s as one alone does', async (_, objects) => {
    const alone = await judgeAll(objects(), limit(), context, ALONE);
    const slow = new Slow(objects(), 20);
    const together = await judgeAll(slow, limit(), context, CREW);
    expect(slow.judgedHere).toBeLessThan(slow.count);
    expect(together).toEqual(alone);
    const validities = new Set(alone.map(({ decision }) => decision.validity));
    expect([...validities].sort()).toEqual(['invalid', 'valid']);
  });

  it('give the same verdict, to the letter', async () => {
    const text = async (help: Help) =>
      JSON.stringify(
        await linearizable(casRegister, help).check(registerHistory, { ...context, options: { order: true } }),
      );
    expect(await text(CREW)).toBe(await text(ALONE));
  });

  it.each([
    ['does not start', 'throw new Error("no")'],
    ['is not there', undefined],
    ['takes an object and dies', deadly()],
  ])('are one where a worker %s', async (_, source) => {
    const script = source === undefined ? new URL('./no-such-file.js', import.meta.url) : scriptOf(source);
    const slow = new Slow(registerObjects(registerHistory), 1);
    const alone = await judgeAll(registerObjects(registerHistory), limit(), context, ALONE);
    expect(await judgeAll(slow, limit(), context, { ...CREW, script })).toEqual(alone);
  });

  it('name the first object that cannot be judged, whoever took it', async () => {
    const wrong = (key: string, process: number): EventInput[] => [
      { process, type: 'invoke', f: 'cas', value: 7, key },
      { process, type: 'ok', f: 'cas', value: 7, key },
    ];
    const events = [...registerHistory.events(), ...wrong('k140', 900_001), ...wrong('k9', 900_002)] as EventInput[];
    const history = historyOf(events);
    const complaint = (help: Help) => judgeAll(new Slow(registerObjects(history), 5), limit(), context, help);
    const alone = await complaint(ALONE).catch((error: unknown) => String(error));
    expect(alone).toMatch(/the value of the cas at event \d+ is not a pair/);
    expect(await complaint(CREW).catch((error: unknown) => String(error))).toBe(alone);
  });

  it('stop when cancelled', async () => {
    const controller = new AbortController();
    const slow = new Slow(registerObjects(registerHistory), 5);
    const cancelled = new Deadline(1e9, 1e6, controller.signal);
    const result = judgeAll(slow, cancelled, { ...context, signal: controller.signal }, CREW);
    setTimeout(() => controller.abort(), 60);
    const reasons = (await result).map(({ decision }) => (decision.validity === 'unknown' ? decision.reason : ''));
    expect(reasons).toContain('cancelled');
  });

  it('leave nothing running', () => {
    expect(started.length).toBeGreaterThan(10);
    // Its number is −1 once a thread has ended.
    expect(started.filter(({ threadId }) => threadId !== -1)).toEqual([]);
  });
});

function scriptOf(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

/** A worker that takes the largest object, as claims.ts does, and is never heard of again. */
function deadly(): string {
  return `import { workerData } from 'node:worker_threads';
    Atomics.add(workerData.counters, 0, 1);
    Atomics.add(workerData.counters, 2, 1);
    process.exit(3);`;
}
