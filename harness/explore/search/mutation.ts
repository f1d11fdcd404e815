import type { Dice } from '../../kit/random.js';
import type { Trigger } from '../../run/plan.js';
import { type Coverage, PHASES, ROLES } from './coverage.js';
import {
  type Aim,
  type AimedFault,
  fittingLengthMs,
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
const SETTLED_MS = 500;
/** A cause lasts at least as long as it takes to be noticed. */
const CAUSE_MS = 700;
const HEALING_MS = 400;
/** Of scenes, that one begins while the faults of the one before are in place. */
const CROWDED = 0.2;

/** Moments worth aiming at; nothing happens to who is quiet that would not happen otherwise. */
const MOMENTS: readonly Moment[] = ROLES.flatMap((role) =>
  PHASES.filter((phase) => phase !== 'quiet' && (phase === 'election' || role !== 'candidate')).map((phase) => ({
    role,
    phase,
  })),
);

/** An idea from nothing. */
export function freshIdea(mutating: Mutating): Idea {
  const { space } = mutating;
  let idea: Idea = [];
  while (idea.length < space.faults) idea = [...idea, ...scene(mutating)];
  return idea.slice(0, space.faults);
}

/** A change of an idea that was worth keeping: one of its faults, or several, or its order. */
export function mutated(idea: Idea, other: Idea, mutating: Mutating): Idea {
  const { dice, space } = mutating;
  const at = dice.int(idea.length + 1);
  const faults = scene(mutating);
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
      return idea.map((each) => (dice.chance(0.3) ? { ...each, forMs: fittingLengthMs(space, dice) } : each));
  }
}

type Turn = Pick<AimedFault, 'follows' | 'afterMs'>;

/**
 * A fault, after one that brings about the moment it is aimed at where that does not come by itself. Most scenes wait for
 * the end of the one before: with a majority gone nothing happens any more that a fault could hit, and healing takes long.
 */
function scene(mutating: Mutating): Idea {
  const { space, dice, sight } = mutating;
  const { kind, aim } = sight === 'inside' ? rarest(mutating) : triggered(mutating);
  const nemesis = space.nemeses.find(({ name }) => name === kind)!;
  const target = aim.kind === 'moment' ? singleTarget(nemesis) : dice.pick(nemesis.targets);
  const soon: Turn = { follows: 'beginning', afterMs: dice.int(SOON_MS) };
  const turn: Turn = dice.chance(CROWDED) ? soon : { follows: 'end', afterMs: dice.int(SETTLED_MS) };
  const fault = { kind, target, aim, forMs: fittingLengthMs(space, dice) };
  const cause = aim.kind === 'moment' ? causeOf(aim.moment, mutating) : undefined;
  if (cause === undefined) return [{ ...fault, ...turn }];
  const begun = { ...cause.fault, ...turn };
  // Who was away catches up as soon as it is back.
  if (cause.shows === 'when-healed') return [begun, { ...fault, follows: 'end', afterMs: 0 }];
  // The cause is healed first: a node that is dead answers no probe, and what waits for it waits in vain.
  return [begun, { ...fault, ...soon, forMs: cause.fault.forMs + HEALING_MS }];
}

/** What brings a moment about, and whether that comes while it is in place or when it is healed. */
interface Cause {
  readonly fault: Omit<AimedFault, keyof Turn>;
  readonly shows: 'in-place' | 'when-healed';
}

/** Who loses its leader elects another; who was away has to catch up. Everything else happens all the time. */
function causeOf({ role, phase }: Moment, { space, dice }: Mutating): Cause | undefined {
  if (phase !== 'election' && phase !== 'recovery') return undefined;
  const { name, targets } = dice.pick(space.nemeses);
  const deposing = targets.filter((target) => target === 'leader' || target === 'isolate-leader');
  // A leader that lacks what others have decided has been deposed and has not heard of it.
  const deposes = (phase === 'election' || role === 'leader') && deposing.length > 0;
  const target = deposes ? dice.pick(deposing) : singleTarget({ name, targets });
  const forMs = fittingLengthMs(space, dice) + (deposes ? CAUSE_MS : 0);
  const shows = phase === 'recovery' && !deposes ? 'when-healed' : 'in-place';
  return { fault: { kind: name, target, aim: { kind: 'blind' }, forMs }, shows };
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
