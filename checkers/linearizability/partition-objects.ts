import type { History } from '../../harness/history/history.js';
import type { Anomaly, CheckContext } from '../checker.js';
import type { Model } from '../model.js';
import { models } from '../models/models.js';
import type { Deadline } from './budget.js';
import { decidePartition } from './decide-partition.js';
import type { Decision } from './decide.js';
import { explainAny } from './explain-any.js';
import { outOfBudget, type Invalid, type Judged, type Objects } from './objects.js';
import { partitions, type Partition } from './partition.js';
import type { Order } from './register-objects.js';
import { shareHistory, type SharedObjects } from './shared.js';

/** The parts of a history that a model tells apart, each judged by an engine for the model or by the general search. */
export class PartitionObjects<State> implements Objects {
  constructor(
    private readonly history: History,
    private readonly model: Model<State>,
    private readonly context: Pick<CheckContext, 'options'>,
    private readonly order: Order,
    private readonly parts: readonly Partition[],
  ) {}

  /** @throws OutOfBudget before anything is judged */
  static of<State>(
    history: History,
    model: Model<State>,
    context: CheckContext,
    order: Order,
    deadline: Deadline,
  ): PartitionObjects<State> {
    return new PartitionObjects(history, model, context, order, partitions(history, model, deadline));
  }

  get count(): number {
    return this.parts.length;
  }

  name(object: number): string | undefined {
    return this.parts[object].name;
  }

  size(object: number): number {
    return this.parts[object].events.length;
  }

  judge(object: number, deadline: Deadline): Judged {
    const { history, model, order, parts } = this;
    const part = parts[object];
    const { options } = this.context;
    let decision: Decision;
    try {
      decision = decidePartition(history.columns, model, part, { options, order }, deadline);
    } catch (error) {
      decision = outOfBudget(error);
    }
    return { operations: part.count, decision };
  }

  explain(object: number, decision: Invalid, deadline: Deadline, left?: (operations: number) => void): Anomaly {
    const { history, model, parts, context } = this;
    return explainAny(history, model, parts[object], decision, context as CheckContext, deadline, left);
  }

  /** A model is made of functions, which no other thread can be handed: it must be one that it can look up. */
  share(): SharedObjects | undefined {
    const { model, order, parts } = this;
    if (models.every((known) => (known as unknown) !== model)) return undefined;
    const { options } = this.context;
    return { what: 'parts', history: shareHistory(this.history), model: model.name, options, parts, order };
  }
}
