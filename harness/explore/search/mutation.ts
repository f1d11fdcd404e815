import type { Dice } from '../../kit/random.js';
import type { Trigger } from '../../run/plan.js';
import { type Coverage, PHASES, ROLES } from './coverage.js';
import {
  type Aim,
  type AimedFault,
  faultLengthMs,
  type Idea,
  type Moment,
  type SearchSpace,
  singleTarget,
} from './idea.js';

/** How closely the cluster of a search can be looked at. */
export type Sight = 'inside' | 'outside';

export interface Mutating {
  readonly space: SearchSpace;
  readonly coverage: Coverage;
  readonly sight: Sight;
  readonly dice: Dice;
}

/** Turns of faults: at once, so that they meet what the one before caused, or after things have settled. */
const SOON_MS = 300;
const LATER_MS = 1500;
/** A cause lasts at least as long as it takes to be noticed. */
const CAUSE_MS = 700;
const HEALING_MS = 400;

/** Moments worth aiming at; nothing happens to who is quiet that would not happen otherwise. */
const MOMENTS: readonly Moment[] = ROLES.flatMap((role) =>
  PHASES.filter((phase) => phase !== 'quiet' && (phase === 'election' || role !== 'candidate')).map((phase) => ({
    role,
    phase,
  })),
);

/** An idea from nothing. */
export function freshIdea(mutating: Mutating): Idea {
  const { space, dice } = mutating;
  let idea: Idea = [];
  while (idea.length < space.faults) idea = [...idea, ...aimedFaults(mutating, dice.chance(0.5) ? 'soon' : 'later')];
  return idea.slice(0, space.faults);
}

/** A change of an idea that was worth keeping: one of its faults, or several, or its order. */
export function mutated(idea: Idea, other: Idea, mutating: Mutating): Idea {
  const { dice, space } = mutating;
  const at = dice.int(idea.length + 1);
  const faults = aimedFaults(mutating, 'soon');
  switch (dice.int(5)) {
    // What comes after an interesting fault is most of the search: twice as likely.
    case 0:
    case 1:
      return idea.toSpliced(at, 0, ...faults).slice(0, space.faults);
    case 2:
      return idea.toSpliced(Math.min(at, idea.length - 1), 1, ...faults).slice(0, space.faults);
    case 3:
      return [...idea.slice(0, at), ...other.slice(dice.int(other.length))].slice(0, space.faults);
    default:
      return idea.map((each) => (dice.chance(0.3) ? { ...each, forMs: faultLengthMs(dice) } : each));
  }
}

/** A fault, after one that brings about the moment it is aimed at where that does not come by itself. */
function aimedFaults(mutating: Mutating, turn: 'soon' | 'later'): Idea {
  const { space, dice, sight } = mutating;
  const { kind, aim } = sight === 'inside' ? rarest(mutating) : triggered(mutating);
  const nemesis = space.nemeses.find(({ name }) => name === kind)!;
  const target = aim.kind === 'moment' ? singleTarget(nemesis) : dice.pick(nemesis.targets);
  const afterMs = dice.int(SOON_MS) + (turn === 'soon' ? 0 : LATER_MS);
  const fault = { kind, target, aim, afterMs, forMs: faultLengthMs(dice) };
  if (aim.kind !== 'moment') return [fault];
  const cause = causeOf(aim.moment, mutating);
  if (cause === undefined) return [fault];
  // The cause is healed first: a node that is dead answers no probe, and what waits for it waits in vain.
  const forMs = cause.forMs + HEALING_MS;
  return [
    { ...cause, afterMs },
    { ...fault, forMs, afterMs: dice.int(SOON_MS) },
  ];
}

/** Who loses its leader elects another; who was away has to catch up. Everything else happens all the time. */
function causeOf({ phase }: Moment, { space, dice }: Mutating): AimedFault | undefined {
  if (phase !== 'election' && phase !== 'recovery') return undefined;
  const { name, targets } = dice.pick(space.nemeses);
  const deposing = targets.filter((target) => target === 'leader' || target === 'isolate-leader');
  const deposes = phase === 'election' && deposing.length > 0;
  const target = deposes ? dice.pick(deposing) : singleTarget({ name, targets });
  return { kind: name, target, aim: { kind: 'blind' }, afterMs: 0, forMs: CAUSE_MS + faultLengthMs(dice) };
}

/**
 * A cell by its weight: what was tried less often weighs more (some are out of reach, and count as tried too), and so
 * does what faults at random times would hit less often.
 */
function rarest({ space, coverage, dice }: Mutating): { readonly kind: string; readonly aim: Aim } {
  const cells = space.nemeses.flatMap(({ name }) => MOMENTS.map((moment) => ({ kind: name, moment })));
  const weights = cells.map(({ kind, moment }) => 1 / ((1 + coverage.tries(moment, kind)) * coverage.share(moment)));
  let left = dice.float() * weights.reduce((sum, weight) => sum + weight, 0);
  const { kind, moment } = cells.find((_, at) => (left -= weights[at]) < 0) ?? cells[cells.length - 1];
  return { kind, aim: { kind: 'moment', moment } };
}

/** Operations between which a fault may begin, where nothing else can be waited for. */
const INVOCATIONS = 2000;

function triggered({ space, dice }: Mutating): { readonly kind: string; readonly aim: Aim } {
  const triggers: readonly Trigger[] = [
    { kind: 'leader-changed' },
    { kind: 'first-info' },
    { kind: 'invocations', count: 1 + dice.int(INVOCATIONS) },
  ];
  const aim: Aim = dice.chance(0.3) ? { kind: 'blind' } : { kind: 'trigger', trigger: dice.pick(triggers) };
  return { kind: dice.pick(space.nemeses).name, aim };
}
