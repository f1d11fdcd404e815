import type { Command, Outcome } from './command.js';

/** What a command did to a state, and what came of it. */
export interface Transition<E> {
  readonly command: Command;
  /** Where in the log the command stands. */
  readonly index: number;
  readonly outcome: Outcome;
  readonly effect: E;
  readonly after: State<E>;
}

/** Stands for everything that the same commands at the same places of the log lead to, from the beginning. */
export interface State<E> {
  /** The last step from it that somebody found. */
  next: Transition<E> | undefined;
}

/**
 * States that nodes of a cluster came to by way of their logs. Whoever is in the same state and has to apply the same
 * command takes over what another node found, instead of finding it again; where logs disagree, states do.
 */
export class Lineage<E> {
  readonly beginning: State<E> = { next: undefined };

  /** The step from a state by a command, which `find` finds where nobody has. */
  step(from: State<E>, command: Command, index: number, find: () => Pick<Transition<E>, 'outcome' | 'effect'>) {
    const { next } = from;
    if (next !== undefined && next.command === command && next.index === index) return next;
    const { outcome, effect } = find();
    const found: Transition<E> = { command, index, outcome, effect, after: { next: undefined } };
    from.next = found;
    return found;
  }
}
