import type { Cluster } from '../../docker/system.js';
import type { ActiveFault, HealedFault, Nemesis } from '../../nemesis/nemesis.js';
import type { FaultRequest } from '../history/faults.js';
import type { Completion, Invocation, Json } from '../history/operation.js';
import type { Clock } from '../kit/clock.js';
import { messageOf } from '../kit/errors.js';
import { completionOf } from './completion.js';
import type { Counters } from './counters.js';
import type { Recorder, Unrecorded } from './recorder.js';
import { jsonOf } from './scheduled-faults.js';

/** Longer than any injection or heal takes that ends at all: each of their steps has a limit of its own. */
const HANGING_MS = 180_000;

/**
 * Injects and heals what it is told, one thing at a time, and knows what is in place, so that everything can be healed
 * however the run ends.
 */
export class NemesisDriver {
  private readonly active = new Map<number, { readonly request: FaultRequest; readonly fault: ActiveFault }>();
  private readonly over = new Set<number>();
  private healing = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly nemeses: readonly Nemesis[],
    private readonly cluster: Cluster,
    private readonly recorder: Recorder,
    private readonly clock: Clock,
    private readonly counters: Counters,
    private readonly signal?: AbortSignal,
  ) {}

  /** Plain words for what is in place, or undefined. */
  get current(): string | undefined {
    const faults = [...this.active.values()].map(({ fault }) => fault.description);
    return faults.length > 0 ? faults.join('; ') : undefined;
  }

  /** Whether everything is being healed, or was: nothing is injected from then on. */
  get closed(): boolean {
    return this.healing;
  }

  /** Whether a fault was injected and taken back, or at least both were tried. */
  isOver(id: number): boolean {
    return this.over.has(id);
  }

  /** Performs an operation of the nemesis' thread: a fault's kind with its request, or `heal` with its id. */
  perform(invocation: Invocation): Promise<Completion> {
    const { f, value } = invocation;
    if (f === 'heal') return this.inTurn(() => this.heal((value as { id: number }).id));
    const request = value as unknown as FaultRequest;
    return this.inTurn(() => this.inject(request)).catch((error: unknown) => {
      this.over.add(request.id);
      throw error;
    });
  }

  /**
   * Heals whatever is in place, recording each healing as the scheduled ones are. Never rejects: answers a sentence for
   * every fault of which something may be left.
   */
  async healAll(): Promise<readonly string[]> {
    const trouble: string[] = [];
    this.healing = true;
    // An injection still under way ends first: what it put in place is to be healed too.
    await this.withoutHanging(this.inTurn(() => Promise.resolve())).catch(() => {
      // It is given up, and healing no longer waits for its turn behind it.
      this.last = Promise.resolve();
      trouble.push(`an injection or a heal did not end within ${HANGING_MS / 1000} s, and what it left is not known`);
    });
    for (const { request, fault } of [...this.active.values()]) {
      const heal = { process: 'nemesis', f: 'heal' } as const;
      const note = (event: Pick<Unrecorded, 'type' | 'value'>) => {
        this.counters.ofNemesis(event.type);
        try {
          this.recorder.record({ ...heal, ...event });
        } catch (error) {
          // What cannot be written down is healed all the same.
          trouble.push(`fault ${request.id}: its heal could not be recorded: ${messageOf(error)}`);
        }
      };
      note({ type: 'invoke', value: { id: request.id } });
      const completion = await this.withoutHanging(this.heal(request.id)).catch(completionOf);
      note({ value: { id: request.id }, ...completion });
      const healed = completion.type === 'ok' && (completion.value as { healed: boolean }).healed;
      if (!healed) trouble.push(`fault ${request.id} (${fault.description}) could not be proven healed`);
    }
    return trouble;
  }

  private async inject(request: FaultRequest): Promise<Completion> {
    const nemesis = this.nemeses.find(({ name }) => name === request.kind);
    if (nemesis === undefined) throw new Error(`no nemesis ${request.kind} in this run`);
    this.signal?.throwIfAborted();
    const fault = await nemesis.inject(request, {
      cluster: this.cluster,
      signal: this.signal,
      clock: this.clock,
      mark: (f, value) => this.recorder.record({ process: 'nemesis', type: 'info', f, value }),
    });
    this.active.set(request.id, { request, fault });
    const { description, nodes, leadersBefore } = fault;
    return { type: 'ok', value: { ...jsonOf(request), description, nodes, leadersBefore } };
  }

  private async heal(id: number): Promise<Completion> {
    const found = this.active.get(id);
    if (found === undefined) throw new Error(`fault ${id} is not in place`);
    this.over.add(id);
    let healed: HealedFault;
    try {
      healed = await found.fault.heal();
    } catch (error) {
      return { type: 'info', error: `heal: ${messageOf(error)}`, value: { id } };
    }
    if (healed.healed) this.active.delete(id);
    return { type: 'ok', value: { id, ...(healed as unknown as Readonly<Record<string, Json>>) } };
  }

  /** Rejects where the work takes so long that it will not end. */
  private async withoutHanging<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    const patience = this.clock.sleep(HANGING_MS, done.signal).then(() => {
      if (!done.signal.aborted) throw new Error(`no answer after ${HANGING_MS / 1000} s`);
      return work;
    });
    try {
      return await Promise.race([work, patience]);
    } finally {
      done.abort();
      patience.catch(() => undefined);
    }
  }

  /** Runs it when all before is over, however that ended. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
