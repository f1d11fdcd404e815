import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { messageOf } from '../harness/kit/errors.js';
import { untilHealed } from './active-fault.js';
import { boundsOf } from './bounded.js';
import type { ActiveFault, HealedFault, Nemesis, NemesisContext, Terrain } from './nemesis.js';
import { leadersNow } from './targets.js';

/** A fault made of many: another nemesis injects and heals again and again for as long as the fault lasts. */
export interface RoundsPlan {
  readonly name: string;
  readonly summary: string;
  readonly of: Nemesis;
  readonly takesMs?: number;
  /** Defaults to those of the other nemesis. */
  readonly targets?: readonly string[];
  /** What is in place, and where, by the first round and the request. */
  describe(
    first: ActiveFault,
    request: FaultRequest,
  ): { readonly description: string; readonly nodes: readonly string[] };
  /** What the other nemesis is asked in a round, counted from 0; undefined ends the rounds. */
  round(request: FaultRequest, at: number, first: ActiveFault | undefined): FaultRequest | undefined;
  /** How long each round's fault stays in place. */
  readonly holdMs: number;
  /** Between healing a round and the next one; need not end when told to stop, but may. */
  rest(context: NemesisContext, stop: AbortSignal): Promise<void>;
  /** Fewest rounds for the fault to deserve its name; asked to heal earlier, it lets them happen first. */
  roundsNeeded(nodes: number): number;
}

interface Round {
  readonly description: string;
  /** How it was healed, or why it could not be injected. */
  readonly end: HealedFault | { readonly failure: string };
}

/** Rounds listed one by one in the evidence; of those after them only the ones that went wrong. */
const LISTED_ROUNDS = 20;

export function inRounds(plan: RoundsPlan): Nemesis {
  const { name, summary, of } = plan;
  const ofTargets = (terrain: Terrain) => of.targetsFor?.(terrain) ?? of.targets;
  return {
    name,
    summary,
    needs: of.needs,
    targets: plan.targets ?? of.targets,
    targetsFor: (terrain) => plan.targets ?? ofTargets(terrain),
    minNodes: of.minNodes,
    ...(plan.takesMs !== undefined && { takesMs: plan.takesMs }),
    inject: (request, context) => inject(plan, request, context),
  };
}

async function inject(plan: RoundsPlan, request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const asked = plan.round(request, 0, undefined) ?? request;
  const first = await plan.of.inject({ ...asked, kind: plan.of.name }, context);
  const running = new RunningRounds(plan, request, context, first);
  return {
    ...plan.describe(first, request),
    leadersBefore: first.leadersBefore,
    heal: untilHealed((before) => (before === undefined ? running.end() : running.healAgain(before))),
  };
}

class RunningRounds {
  private readonly rounds: Round[] = [];
  /** Cuts holding and resting short. */
  private readonly hurry = new AbortController();
  /** Lets no further round begin. */
  private readonly enough = new AbortController();
  private readonly needed: number;
  private readonly finished: Promise<void>;
  private endRequested = false;
  /** The fault that began last. */
  private last: ActiveFault;

  constructor(
    private readonly plan: RoundsPlan,
    private readonly request: FaultRequest,
    private readonly context: NemesisContext,
    private readonly first: ActiveFault,
  ) {
    this.last = first;
    this.needed = plan.roundsNeeded(context.cluster.nodes.length);
    this.finished = this.run();
  }

  async end(): Promise<HealedFault> {
    this.endRequested = true;
    this.endWhenEnough();
    await this.finished;
    return { ...this.summary(), leadersAfter: await leadersNow(this.context) };
  }

  /** The evidence is what it was; what counts now is whether the last fault that began is undone. */
  async healAgain(before: HealedFault): Promise<HealedFault> {
    const { healing, healed, leadersAfter } = await this.last.heal();
    return { ...before, healing, healed, leadersAfter };
  }

  private endWhenEnough(): void {
    if (this.rounds.length + 1 >= this.needed) this.hurry.abort();
    if (this.rounds.length >= this.needed) this.enough.abort();
  }

  /** Never rejects. Ends when told to, when there are no more rounds, or at the first that could not be undone. */
  private async run(): Promise<void> {
    const hurried = this.or(this.hurry);
    for (let fault: ActiveFault | undefined = this.first; fault !== undefined;) {
      this.last = fault;
      await unlessStopped(this.plan.holdMs, hurried, this.context);
      const healed: HealedFault = await fault.heal();
      this.rounds.push({ description: fault.description, end: healed });
      if (this.endRequested) this.endWhenEnough();
      fault = healed.healed ? await this.next(hurried, this.or(this.enough)) : undefined;
    }
  }

  private async next(hurried: AbortSignal, over: AbortSignal): Promise<ActiveFault | undefined> {
    const request = this.plan.round(this.request, this.rounds.length, this.first);
    if (over.aborted) return undefined;
    try {
      await this.plan.rest(this.context, hurried);
      if (request === undefined || over.aborted) return undefined;
      return await this.plan.of.inject({ ...request, kind: this.plan.of.name }, { ...this.context, signal: over });
    } catch (error) {
      if (!over.aborted) this.rounds.push({ description: 'not begun', end: { failure: messageOf(error) } });
      return undefined;
    }
  }

  /** An interrupted run does not wait for the rounds that are missing. */
  private or(controller: AbortController): AbortSignal {
    const { signal } = this.context;
    return signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]);
  }

  private summary(): Omit<HealedFault, 'leadersAfter'> {
    const each = this.rounds.map(roundEvidence);
    const complete = this.rounds.filter(({ end }) => 'healed' in end).length;
    const enough: Evidence = {
      what: 'rounds',
      expected: `at least ${this.needed}`,
      measured: String(complete),
      bit: complete >= this.needed,
    };
    const evidence = [enough, ...each.filter(({ bit }, at) => at < LISTED_ROUNDS || !bit)];
    const { end } = this.rounds[this.rounds.length - 1];
    return {
      evidence,
      effective: evidence.every(({ bit }) => bit),
      healing: 'healed' in end ? end.healing : each.slice(-1),
      healed: 'healed' in end && end.healed,
    };
  }
}

/** Waits, but not past being told to stop. */
export function unlessStopped(durationMs: number, stop: AbortSignal, context: NemesisContext): Promise<void> {
  return boundsOf(context).clock.sleep(durationMs, stop);
}

/** Waits for something, but not past being told to stop. */
export function orStopped(something: Promise<void>, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    something.then(resolve, reject);
    stop.addEventListener('abort', () => resolve(), { once: true });
    if (stop.aborted) resolve();
  });
}

function roundEvidence({ description, end }: Round, at: number): Evidence {
  const what = `round ${at + 1}: ${description}`;
  const expected = 'bites and is healed';
  if ('failure' in end) return { what, expected, measured: end.failure, bit: false };
  const troubles = [...end.evidence, ...end.healing].filter(({ bit }) => !bit);
  const bit = end.effective && end.healed;
  const measured = bit ? 'bit and was healed' : troubles.map((t) => `${t.what}: ${t.measured}`).join('; ');
  return { what, expected, measured, bit };
}
