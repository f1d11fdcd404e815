import { DONE, wait, type Generator, type GeneratorContext, type Step } from '../../harness/generator/generator.js';
import type { Invocation, Operation, Process } from '../../harness/history/operation.js';

/** Answers in a row that found nothing, before it is believed: a dead consumer's element comes back a while later. */
const EMPTY_ANSWERS = 3;
/** Between two tries where nothing came, ms. */
const GAP_MS = 400;
/** Tries in a row without an answer. */
const VAIN_TRIES = 20;

interface Progress {
  readonly empty: number;
  readonly vain: number;
  /** ns */
  readonly earliestTime: number;
  /** Whose answer is awaited. */
  readonly awaiting?: Process;
}

/** One operation after the other until it answers null several times in a row, or does not answer at all for long. */
export function drain(invocation: Invocation): Generator {
  return new Drain(invocation, { empty: 0, vain: 0, earliestTime: 0 });
}

class Drain implements Generator {
  constructor(
    private readonly invocation: Invocation,
    private readonly progress: Progress,
  ) {}

  next(context: GeneratorContext): Step {
    const { empty, vain, earliestTime, awaiting } = this.progress;
    if (awaiting !== undefined) return wait(this);
    if (empty >= EMPTY_ANSWERS || vain >= VAIN_TRIES) return DONE;
    if (context.time < earliestTime) return wait(this, earliestTime);
    const thread = context.freeThread();
    if (thread === undefined) return wait(this);
    const next = new Drain(this.invocation, { ...this.progress, awaiting: context.processOf(thread) });
    return { kind: 'emit', emitted: { invocation: this.invocation, thread, time: context.time }, next };
  }

  update(_context: GeneratorContext, { process, type, value, time }: Operation): Generator {
    const { empty, vain, awaiting } = this.progress;
    if (process !== awaiting || type === 'invoke') return this;
    const later = time + GAP_MS * 1e6;
    if (type !== 'ok') return new Drain(this.invocation, { empty: 0, vain: vain + 1, earliestTime: later });
    if (value === null) return new Drain(this.invocation, { empty: empty + 1, vain: 0, earliestTime: later });
    return new Drain(this.invocation, { empty: 0, vain: 0, earliestTime: time });
  }
}
