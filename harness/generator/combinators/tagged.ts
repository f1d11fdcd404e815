import type { Invocation, Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { continued } from '../generator.js';

/** Marks every operation as of this workload. */
export function tagged(workload: string, generator: Generator): Generator {
  return map((invocation) => ({ ...invocation, workload }), generator);
}

/** Gives every operation this key; only the key's events reach the generator. Keys do not nest. */
export function onKey(key: string, generator: Generator): Generator {
  const withKey = (invocation: Invocation) => {
    // Its events would be kept from the generator that issued it.
    if ((invocation.key ?? key) !== key) throw new Error(`operation on key ${invocation.key} given key ${key}`);
    return { ...invocation, key };
  };
  return new Mapped(withKey, (event) => event.key === key, generator);
}

/** Changes every operation; events reach the generator as they happened. */
export function map(change: (invocation: Invocation) => Invocation, generator: Generator): Generator {
  return new Mapped(change, () => true, generator);
}

class Mapped implements Generator {
  constructor(
    private readonly change: (invocation: Invocation) => Invocation,
    private readonly concerns: (event: Operation) => boolean,
    private readonly generator: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    const step = this.generator.next(context);
    if (step.kind !== 'emit') return continued(step, (next) => this.with(next));
    const { invocation, thread, time } = step.emitted;
    return { kind: 'emit', emitted: { invocation: this.change(invocation), thread, time }, next: this.with(step.next) };
  }

  update(context: GeneratorContext, event: Operation): Generator {
    return this.concerns(event) ? this.with(this.generator.update(context, event)) : this;
  }

  private with(generator: Generator): Mapped {
    return generator === this.generator ? this : new Mapped(this.change, this.concerns, generator);
  }
}
