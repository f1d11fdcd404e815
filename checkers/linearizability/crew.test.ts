import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import { UNLIMITED } from '../checker.js';
import { queue } from '../models/queue.js';
import { casRegister } from '../models/register.js';
import { Deadline } from './budget.js';
import { Claims } from './claims.js';
import { type Help, judgeAll } from './crew.js';
import { linearizable } from './linearizability.js';
import type { Judged, Objects } from './objects.js';
import { PartitionObjects } from './partition-objects.js';
import { registerKind, RegisterObjects } from './register-objects.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { registers, vocabularies } from './testing/vocabularies.js';

const ALONE: Help = { threads: 1, fromEvents: Infinity, fromMs: Infinity, leastRestMs: Infinity };
const CREW: Help = { threads: 3, fromEvents: 0, fromMs: 0, leastRestMs: Infinity };
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

/** Waits, before its second object, until another thread has judged one; and counts what is judged here. */
class Patient implements Objects {
  judgedHere = 0;
  private readonly heard = new Int32Array(new SharedArrayBuffer(4));
  private isShared = false;
  constructor(
    private readonly objects: Objects,
    private readonly onHeard: () => void = () => undefined,
  ) {}
  get count() {
    return this.objects.count;
  }
  name = (object: number) => this.objects.name(object);
  size = (object: number) => this.objects.size(object);
  judge(object: number, deadline: Deadline): Judged {
    if (this.isShared && this.judgedHere > 0) Atomics.wait(this.heard, 0, 0, LONGEST_WAIT_MS);
    if (this.judgedHere++ === 1) this.onHeard();
    return this.objects.judge(object, deadline);
  }
  explain: Objects['explain'] = (object, decision, deadline) => this.objects.explain(object, decision, deadline);
  share() {
    this.isShared = true;
    return { ...this.objects.share()!, heard: this.heard };
  }
}

const LONGEST_WAIT_MS = 60_000;

/** The real worker, which says in shared memory that it has judged something. */
const telling: Help = {
  ...CREW,
  script: scriptOf(`
    import { parentPort, workerData } from 'node:worker_threads';
    const post = parentPort.postMessage.bind(parentPort);
    parentPort.postMessage = (report) => {
      post(report);
      Atomics.store(workerData.objects.heard, 0, 1);
      Atomics.notify(workerData.objects.heard, 0);
    };
    await import(${JSON.stringify(new URL('./worker-from-sources.mjs', import.meta.url).href)});`),
};

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
    const patient = new Patient(objects());
    const together = await judgeAll(patient, limit(), context, telling);
    expect(patient.judgedHere).toBeLessThan(patient.count);
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
    const alone = await judgeAll(registerObjects(registerHistory), limit(), context, ALONE);
    const objects = registerObjects(registerHistory);
    expect(await judgeAll(objects, limit(), context, { ...CREW, script })).toEqual(alone);
  });

  it('name the first object that cannot be judged, whoever took it', async () => {
    const wrong = (key: string, process: number): EventInput[] => [
      { process, type: 'invoke', f: 'cas', value: 7, key },
      { process, type: 'ok', f: 'cas', value: 7, key },
    ];
    const events = [...registerHistory.events(), ...wrong('k140', 900_001), ...wrong('k9', 900_002)] as EventInput[];
    const history = historyOf(events.map((event, index) => ({ ...event, index })));
    const complaint = (help: Help) => judgeAll(new Patient(registerObjects(history)), limit(), context, help);
    const alone = await complaint(ALONE).catch((error: unknown) => String(error));
    expect(alone).toMatch(/event \d+: the value of a cas is a pair/);
    expect(await complaint(telling).catch((error: unknown) => String(error))).toBe(alone);
  });

  it('stop when cancelled, here', async () => {
    const controller = new AbortController();
    const objects = new Patient(registerObjects(registerHistory), () => controller.abort());
    const cancelled = new Deadline(1e9, 1e6, controller.signal);
    const judged = await judgeAll(objects, cancelled, { ...context, signal: controller.signal }, ALONE);
    const reasons = judged.map(({ decision }) => (decision.validity === 'unknown' ? decision.reason : ''));
    expect(reasons.filter((reason) => reason === '')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'cancelled')).toHaveLength(objects.count - 1);
  });

  it('stop when cancelled, elsewhere', () => {
    const claims = new Claims(3);
    const there = Deadline.elsewhere(limit().portable(), new Claims(3, claims.counters));
    there.check();
    claims.cancel();
    expect(() => there.check()).toThrow('cancelled');
  });

  it('leave nothing running', async () => {
    expect(started.length).toBeGreaterThan(8);
    // Its number is −1 once a thread has ended, which on a busy machine comes some time after it was told to.
    const running = () => started.filter(({ threadId }) => threadId !== -1).length;
    await vi.waitFor(() => expect(running()).toBe(0), { timeout: 60_000 });
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
