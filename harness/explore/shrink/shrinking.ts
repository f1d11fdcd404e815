import { isDeepStrictEqual } from 'node:util';
import type { Nemesis } from '../../../nemesis/nemesis.js';
import type { System } from '../../../docker/system.js';
import type { Anomaly } from '../../../checkers/checker.js';
import type { History } from '../../history/history.js';
import type { Plan } from '../../run/plan.js';
import { askedIn } from '../../run/plan-making.js';
import type { Signature } from '../signature.js';

/** A plan that was seen to fail, with what was seen. */
export interface Failing {
  readonly plan: Plan;
  readonly history: History;
  /** Of the signature looked for; at least one. */
  readonly anomalies: readonly Anomaly[];
}

/** Tells whether a plan fails as the original does: what was seen when it did, undefined where it does not. */
export interface Judge {
  failing(plan: Plan): Promise<Failing | undefined>;
  /** No more candidates will be tried. */
  readonly exhausted: boolean;
}

/** What shrinking has come to so far. Only plans that were seen to fail ever get here. */
export class Shrinking {
  private readonly trail: Failing[];

  constructor(
    original: Failing,
    private readonly judge: Judge,
    readonly signature: Signature,
    readonly system: System,
    readonly nemeses: readonly Nemesis[],
    private readonly improved: (plan: Plan) => void = () => undefined,
  ) {
    this.trail = [original];
  }

  get current(): Failing {
    return this.trail[this.trail.length - 1];
  }

  get plan(): Plan {
    return this.current.plan;
  }

  get exhausted(): boolean {
    return this.judge.exhausted;
  }

  /** Goes on with the candidate where it still fails. One that changes nothing is not tried. */
  async try(change: Partial<Plan>): Promise<boolean> {
    // A plan with fewer faults asks for fewer.
    const asked = change.schedule && { asked: askedIn(change.schedule) };
    const candidate = { ...this.plan, ...change, ...asked };
    if (isDeepStrictEqual(candidate, this.plan)) return false;
    const failing = await this.judge.failing(candidate);
    if (failing === undefined) return false;
    this.trail.push(failing);
    this.improved(failing.plan);
    return true;
  }

  /** Back to the plan before, where the current one failed by luck. False where there is none. */
  back(): boolean {
    if (this.trail.length === 1) return false;
    this.trail.pop();
    return true;
  }
}

/** Makes the plan smaller in one respect, by tries. */
export type Pass = (shrinking: Shrinking) => Promise<void>;
