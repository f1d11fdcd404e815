import { modelNamed } from '../../models/models.js';
import type { Model } from '../../model.js';
import { PROVEN, unproven, type Evidence, type Listed, type Proof, type Prove } from '../evidence.js';
import { objectPuzzle } from './objects.js';
import { hasOrder, type Puzzle } from './order.js';
import { registerPuzzle } from './registers.js';

type Precedes = (earlier: Listed, later: Listed) => boolean;

/** What was over before another began comes before it. */
const inTime: Precedes = (earlier, later) => earlier.completedAt < later.invokedAt;
const inSession: Precedes = (earlier, later) =>
  earlier.invocation.process === later.invocation.process && inTime(earlier, later);
const inAnyOrder: Precedes = () => false;

function refute(precedes: Precedes): Prove {
  return (evidence: Evidence): Proof => {
    const name = evidence.details['model'];
    const model = typeof name === 'string' ? (modelNamed(name) as Model<unknown> | undefined) : undefined;
    if (model === undefined) return unproven('it does not name its sequential specification');
    const isRegister = !evidence.premises.some(({ fact }) => fact === 'updates');
    if (!isRegister) return outcome(objectPuzzle(evidence, model, precedes), evidence);
    if (!REGISTERS.includes(model.name)) return unproven('it is not said that every update is listed');
    return outcome(registerPuzzle(evidence, precedes, model.name === 'kv' ? '' : null), evidence);
  };
}

const REGISTERS = ['register', 'cas-register', 'kv'];

function outcome<State>(puzzle: Puzzle<State> | string, { hasTime }: Evidence): Proof {
  if (typeof puzzle === 'string') return unproven(puzzle);
  switch (hasOrder(puzzle, hasTime)) {
    case 'no':
      return PROVEN;
    case 'yes':
      return unproven('an order of the operations explains every answer');
    case 'too long':
      return unproven('it takes too long to try every order');
  }
}

/** Anomalies of single operations against a sequential specification: every order is tried. */
export const orderProofs: Readonly<Record<string, Prove>> = {
  nonlinearizable: refute(inTime),
  'not-sequential': refute(inSession),
  'not-strong-session-serializable': refute(inSession),
  'not-serializable': refute(inAnyOrder),
};
