import type { Cluster } from '../../docker/system.js';
import type { ActiveFault, HealedFault, Nemesis } from '../../nemesis/nemesis.js';
import type { FaultRequest } from '../history/faults.js';
import type { Completion, Invocation, Json } from '../history/operation.js';
import type { Clock } from '../kit/clock.js';
import { messageOf } from '../kit/errors.js';
import { completionOf } from './completion.js';
import type { Recorder } from './recorder.js';
import { jsonOf } from './scheduled-faults.js';

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
    await this.inTurn(() => Promise.resolve());
    for (const { request, fault } of [...this.active.values()]) {
      const heal = { process: 'nemesis', f: 'heal' } as const;
      this.recorder.record({ ...heal, type: 'invoke', value: { id: request.id } });
      const completion = await this.inTurn(() => this.heal(request.id)).catch(completionOf);
      this.recorder.record({ ...heal, value: { id: request.id }, ...completion });
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

  /** Runs it when all before is over, however that ended. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
