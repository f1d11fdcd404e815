import { availableParallelism } from 'node:os';
import { setImmediate as breathe } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { CheckContext } from '../checker.js';
import { CONFIGURATION_BYTES, type Deadline, type PortableDeadline } from './budget.js';
import { Claims } from './claims.js';
import type { Judged, Objects } from './objects.js';
import type { SharedObjects } from './shared.js';

/** When other threads join in. */
export interface Help {
  /** In all, this thread included. */
  readonly threads: number;
  /** Events of all objects from which they are called at once. */
  readonly fromEvents: number;
  /** Otherwise they are as soon as this thread alone would probably go on for longer than that. */
  readonly fromMs: number;
  /** Once an object is illegal, the others get at least so long; 2 s by default. */
  readonly leastRestMs?: number;
  /** The worker's script; by default the real one. */
  readonly script?: URL;
}

/**
 * A thread takes 50 ms to start, and its engines begin cold. Measured (bench/linearizability-threads.ts): of a second of
 * work a second thread takes nothing off the first one's hands, of three seconds more than one.
 */
const FROM_EVENTS = 1_000_000;
const FROM_MS = 1_000;
/** Before that, how long things take says little about how long the rest will. */
const TELLING_MS = 30;
const MOST_THREADS = 16;
/** So often this thread lets others have a word: a cancellation, a message. */
const BREATH_MS = 50;
/** Past the deadline a thread has that long to notice it. What it holds then is left undecided. */
const GRACE_MS = 20;
/** What a timer can be set to. */
const LONGEST_TIMER_MS = 0x7fffffff;

/** What a worker is given. */
export interface CrewData {
  readonly objects: SharedObjects;
  /** Numbers of the objects by ascending size. */
  readonly bySize: Int32Array;
  readonly counters: Int32Array;
  readonly deadline: PortableDeadline;
}

/** What a worker says of each object it took. `judged` is undefined where judging threw. */
export interface CrewReport {
  readonly object: number;
  readonly judged: Judged | undefined;
}

/**
 * Judges every object, on all cores where there is much to do; with the same judgements as one after the other in one
 * thread. This thread begins at once, and does the share of a worker that does not start, or dies.
 *
 * Once an object is illegal the verdict is certain: the others are judged for information only, in about the time that it
 * took to get there.
 *
 * @param found told of illegal objects as they are found, in no certain order
 * @throws UserError for the first object with an operation that it should not have
 */
export async function judgeAll(
  objects: Objects,
  deadline: Deadline,
  context: Pick<CheckContext, 'budget' | 'signal'>,
  help: Help = { threads: threadsWithin(deadline, context), fromEvents: FROM_EVENTS, fromMs: FROM_MS },
  found: (object: number, judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const bySize = Int32Array.from({ length: objects.count }, (_, object) => object);
  bySize.sort((a, b) => objects.size(a) - objects.size(b) || a - b);
  const claims = new Claims(objects.count);
  const judged = new Judgements(objects.count, found, help.leastRestMs ?? LEAST_REST_MS);
  const crew = new Crew(objects, bySize, claims, deadline, judged);
  const cancel = () => claims.cancel();
  context.signal?.addEventListener('abort', cancel);
  try {
    await work(objects, bySize, claims, deadline, judged, crew, help);
    await crew.done();
  } finally {
    context.signal?.removeEventListener('abort', cancel);
    crew.stop();
  }
  // In order, so that of several objects that cannot be judged the first is named, whoever took it.
  return judged.all.map((one, object) => {
    if (one !== undefined) return one;
    const isLate = judged.restMs <= 0 && !judged.refused.has(object);
    return isLate ? NOT_LOOKED_AT : objects.judge(object, deadline.narrowed(judged.restMs));
  });
}

/** Each thread may hold as many configurations as one alone: as many threads as the memory budget has room for. */
function threadsWithin({ maxConfigurations }: Deadline, { budget }: Pick<CheckContext, 'budget'>): number {
  const room = Math.floor(budget.memoryBytes / (maxConfigurations * CONFIGURATION_BYTES));
  return Math.max(1, Math.min(MOST_THREADS, availableParallelism(), room));
}

export const ANOTHER_DECIDES = 'not looked at any further, because another object is not linearizable and that decides';
/** What is left of the objects when one is known to be illegal. */
const NOT_LOOKED_AT: Judged = {
  operations: 0,
  decision: {
    validity: 'unknown',
    engine: 'search',
    maxConfigurations: 0,
    reason: ANOTHER_DECIDES,
    provenBefore: 0,
  },
};
const LEAST_REST_MS = 2_000;

/** What was found so far. */
class Judgements {
  readonly all: (Judged | undefined)[];
  /** Objects that could not be judged: they have an operation that they should not have. */
  readonly refused = new Set<number>();
  private readonly startMs = performance.now();
  private endMs = Number.POSITIVE_INFINITY;

  constructor(
    count: number,
    private readonly found: (object: number, judged: Judged) => void,
    private readonly leastRestMs: number,
  ) {
    this.all = Array.from({ length: count });
  }

  add(object: number, judged: Judged): void {
    this.all[object] = judged;
    if (judged.decision.validity !== 'invalid') return;
    if (!this.isEnough) {
      const nowMs = performance.now();
      this.endMs = nowMs + Math.max(this.leastRestMs, nowMs - this.startMs);
    }
    this.found(object, judged);
  }

  /** One is illegal. */
  get isEnough(): boolean {
    return this.endMs !== Number.POSITIVE_INFINITY;
  }

  /** Time left to spend on the others. */
  get restMs(): number {
    return this.endMs - performance.now();
  }
}

/** This thread's share. */
async function work(
  objects: Objects,
  bySize: Int32Array,
  claims: Claims,
  deadline: Deadline,
  judged: Judgements,
  crew: Crew,
  { threads, fromEvents, fromMs, script }: Help,
): Promise<void> {
  const events = bySize.reduce((sum, object) => sum + objects.size(object), 0);
  const start = performance.now();
  let breath = start;
  for (let done = 0; ;) {
    const now = performance.now();
    // What is left takes as long an event as what is done took, if not longer: it is larger.
    const leftMs = now - start >= TELLING_MS ? ((now - start) * (events - done)) / Math.max(1, done) : 0;
    const isMuch = (events >= fromEvents || leftMs >= fromMs) && deadline.remainingMs >= fromMs;
    if (isMuch && claims.left > 1) crew.call(Math.min(threads, claims.left) - 1, script);
    if (now - breath >= BREATH_MS) {
      await breathe();
      breath = performance.now();
    }
    if (judged.restMs <= 0) claims.close();
    const place = claims.takeSmallest();
    if (place === undefined) return;
    done += objects.size(bySize[place]);
    try {
      const limit = judged.isEnough ? deadline.narrowed(judged.restMs) : deadline;
      judged.add(bySize[place], objects.judge(bySize[place], limit));
    } catch {
      // Judged again in the end, when it is its turn to be complained about.
      judged.refused.add(bySize[place]);
    }
  }
}

/** The other threads. */
class Crew {
  private readonly workers: Worker[] = [];
  private isCalled = false;
  private alive = 0;
  private told: () => void = () => undefined;

  constructor(
    private readonly objects: Objects,
    private readonly bySize: Int32Array,
    private readonly claims: Claims,
    private readonly deadline: Deadline,
    private readonly judged: Judgements,
  ) {}

  /** Starts so many, once. */
  call(count: number, script = workerScript()): void {
    if (this.isCalled || count < 1) return;
    this.isCalled = true;
    const objects = this.objects.share();
    if (objects === undefined) return;
    const { bySize, claims, deadline } = this;
    const workerData: CrewData = { objects, bySize, counters: claims.counters, deadline: deadline.portable() };
    for (let worker = 0; worker < count; worker++) this.start(script, workerData);
  }

  private start(script: URL, workerData: CrewData): void {
    const worker = new Worker(script, { execArgv: [], workerData });
    this.workers.push(worker);
    this.alive++;
    worker.on('message', ({ object, judged }: CrewReport) => {
      if (judged === undefined) this.judged.refused.add(object);
      else this.judged.add(object, judged);
      this.told();
    });
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      this.alive--;
      this.told();
    });
  }

  /**
   * Everything that a worker took is judged, or nobody is left who would, or time is up. Nobody waits for a worker that
   * took nothing: it may still be starting.
   */
  async done(): Promise<void> {
    while (this.alive > 0 && this.judged.all.includes(undefined)) {
      const leftMs = Math.min(this.deadline.remainingMs, this.judged.restMs) + GRACE_MS;
      if (leftMs <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(leftMs, LONGEST_TIMER_MS));
        this.told = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Nobody waits for their end either: on a busy machine that takes longer than a deadline allows. */
  stop(): void {
    for (const worker of this.workers) {
      worker.unref();
      void worker.terminate();
    }
  }
}

function workerScript(): URL {
  const main = import.meta.url.endsWith('.ts') ? './worker-from-sources.mjs' : './worker.js';
  return new URL(main, import.meta.url);
}
