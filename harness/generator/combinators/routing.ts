import type { Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step, Thread } from '../generator.js';
import { continued, DONE } from '../generator.js';
import { ThreadSet, ThreadView } from '../threads.js';
import { race } from './race.js';

/** On these threads only: it sees no others, and no events of others. */
export function onThreads(accept: (thread: Thread) => boolean, generator: Generator): Generator {
  return new Routed(new Router((threads) => needing(1, threads.filter(accept))), generator);
}

/** On the clients' threads only. */
export function clients(generator: Generator): Generator {
  return onThreads((thread) => thread !== 'nemesis', generator);
}

/** On the nemesis' thread only. */
export function nemesis(generator: Generator): Generator {
  return onThreads((thread) => thread === 'nemesis', generator);
}

/** Some threads set aside for a generator. */
export type Reservation = readonly [threads: number, generator: Generator];

/**
 * Gives each generator clients' threads of its own: the first so many to the first, and so on; what is left goes to
 * `rest`. Fewer threads than reserved is an error. Events reach only the one whose thread they happened on.
 */
export function reserve(reservations: readonly Reservation[], rest?: Generator): Generator {
  let from = 0;
  const routed = reservations.map(([threads, generator]) => {
    const start = from;
    from += threads;
    return new Routed(new Router((all) => needing(threads, clientsOf(all).slice(start, start + threads))), generator);
  });
  const taken = from;
  const others = rest && new Routed(new Router((all) => clientsOf(all).slice(taken)), rest);
  return race(...routed, ...(others ? [others] : []));
}

function clientsOf(threads: readonly Thread[]): readonly Thread[] {
  return threads.filter((thread) => thread !== 'nemesis');
}

/** A generator without its threads would wait for ever, and the run it is part of would test nothing. */
export class MissingThreads extends Error {
  override readonly name = 'MissingThreads';
}

function needing(count: number, threads: readonly Thread[]): readonly Thread[] {
  if (threads.length >= count) return threads;
  throw new MissingThreads(`a generator needs ${count} threads and is given ${threads.length}`);
}

/** Narrows contexts; remembers the set for as long as the threads to choose from stay the same. */
class Router {
  private threads: readonly Thread[] | undefined;
  private set = new ThreadSet([]);

  constructor(private readonly select: (threads: readonly Thread[]) => readonly Thread[]) {}

  members(context: GeneratorContext): ThreadSet {
    if (context.threads !== this.threads) {
      this.threads = context.threads;
      this.set = new ThreadSet(this.select(context.threads));
    }
    return this.set;
  }

  narrow(context: GeneratorContext): GeneratorContext {
    return new ThreadView(context, this.members(context));
  }
}

class Routed implements Generator {
  constructor(
    private readonly router: Router,
    private readonly generator: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    if (this.router.members(context).list.length === 0) return DONE;
    const step = this.generator.next(this.router.narrow(context));
    return continued(step, (next) => this.with(next));
  }

  update(context: GeneratorContext, event: Operation): Generator {
    if (!this.router.members(context).has(context.threadOf(event.process))) return this;
    return this.with(this.generator.update(this.router.narrow(context), event));
  }

  private with(generator: Generator): Routed {
    return generator === this.generator ? this : new Routed(this.router, generator);
  }
}
