import type { Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { continued } from '../generator.js';

/** Takes turns: one operation of the first, one of the second, and so on; done when the one whose turn it is is done. */
export function flipFlop(first: Generator, second: Generator): Generator {
  return new FlipFlop(first, second);
}

class FlipFlop implements Generator {
  constructor(
    private readonly turn: Generator,
    private readonly other: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    const step = this.turn.next(context);
    return continued(step, (next) =>
      step.kind === 'emit' ? new FlipFlop(this.other, next) : this.with(next, this.other),
    );
  }

  update(context: GeneratorContext, event: Operation): Generator {
    return this.with(this.turn.update(context, event), this.other.update(context, event));
  }

  private with(turn: Generator, other: Generator): FlipFlop {
    return turn === this.turn && other === this.other ? this : new FlipFlop(turn, other);
  }
}
