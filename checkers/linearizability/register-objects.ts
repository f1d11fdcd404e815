import { NEMESIS, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, CheckContext } from '../checker.js';
import type { Model } from '../model.js';
import type { RegisterRoles } from '../sessions/register-log.js';
import { initialOf } from '../models/initial.js';
import type { Deadline } from './budget.js';
import { decideRegister, type Decision } from './decide.js';
import { explainRegister } from './explain.js';
import { positionsByKey, type KeyedPositions } from './keys.js';
import { outOfBudget, type Invalid, type Judged, type Objects } from './objects.js';
import { quickZones } from './quick-zones.js';
import { RegisterReader, type RegisterNames, type RegisterOperations } from './registers.js';
import { shareHistory, type SharedObjects } from './shared.js';

/** What a history's registers are called and how they begin. */
export interface RegisterKind extends RegisterNames {
  readonly initial: Json;
}

/** How to read a history as registers; undefined where the model is more. Appends make it more. */
export function registerKind<State>(
  { columns }: History,
  model: Model<State>,
  options: CheckContext['options'],
): RegisterKind | undefined {
  const { dataType, initialValue } = model;
  if (dataType?.kind !== 'register' || initialValue === undefined) return undefined;
  const { read, write, cas } = dataType;
  const append = dataType.append === undefined ? -1 : columns.functionNames.indexOf(dataType.append);
  for (let at = 0; append !== -1 && at < columns.length; at++) {
    if (columns.functions[at] === append && columns.processes[at] !== NEMESIS) return undefined;
  }
  return { read, write, ...(cas !== undefined && { cas }), initial: initialOf(initialValue, options) };
}

/** The same for those who follow sessions. */
export function rolesOf({ read, write, cas }: RegisterKind): RegisterRoles {
  return { reads: [read], writes: [write], cas: cas === undefined ? [] : [cas] };
}

export type Order = 'wanted' | 'unwanted';

/** Registers, one a key, each judged by the quickest engine that is exact for it. */
export class RegisterObjects implements Objects {
  private readonly reader: RegisterReader;
  /** Of a history that is one illegal register: the few operations that prove it. */
  private proof: RegisterOperations | undefined;

  constructor(
    private readonly history: History,
    private readonly kind: RegisterKind,
    private readonly order: Order,
    private readonly keys: readonly KeyedPositions[],
    private readonly explaining?: { readonly model: Model<unknown>; readonly context: CheckContext },
  ) {
    this.reader = new RegisterReader(history, kind, kind.initial);
  }

  /** @throws OutOfBudget before anything is judged */
  static of<State>(
    history: History,
    kind: RegisterKind,
    model: Model<State>,
    context: CheckContext,
    order: Order,
    deadline: Deadline,
  ): RegisterObjects {
    const explaining = { model: model as Model<unknown>, context };
    return new RegisterObjects(history, kind, order, positionsByKey(history, deadline), explaining);
  }

  get count(): number {
    return this.keys.length;
  }

  name(object: number): string | undefined {
    return this.keys[object].name;
  }

  size(object: number): number {
    return this.keys[object].positions?.length ?? this.history.length;
  }

  judge(object: number, deadline: Deadline): Judged {
    const { name, positions } = this.keys[object];
    let operations = 0;
    let decision: Decision;
    try {
      // Before room is made for the operations, which takes time too.
      deadline.check();
      const quick = this.judgeQuickly(this.keys[object], deadline);
      if (quick !== undefined) return quick;
      const register = this.reader.read(name, positions, deadline);
      operations = register.count;
      decision = decideRegister(register, this.history.columns.pairs, deadline, this.order);
    } catch (error) {
      decision = outOfBudget(error);
    }
    return { operations, decision };
  }

  /** The commonest case, a single register of which every value is new, straight from the columns. */
  private judgeQuickly({ name, positions }: KeyedPositions, deadline: Deadline): Judged | undefined {
    const { history, reader } = this;
    if (this.kind.initial !== null || positions !== undefined || this.order === 'wanted') return undefined;
    const quick = quickZones(history, reader.kindOf, deadline);
    if (quick === undefined) return undefined;
    const { operations, found } = quick;
    if (found === 'valid')
      return { operations, decision: { validity: 'valid', engine: 'zones', maxConfigurations: 1 } };
    const few = reader.readFew(name, found);
    const decision = decideRegister(few, history.columns.pairs, deadline);
    if (decision.validity !== 'invalid') return undefined;
    this.proof = few;
    return { operations, decision };
  }

  explain(object: number, decision: Invalid, deadline: Deadline, left?: (operations: number) => void): Anomaly {
    if (this.explaining === undefined) throw new Error('only the thread that has the model explains');
    const { model, context } = this.explaining;
    const { name, positions } = this.keys[object];
    const register = this.proof ?? this.reader.read(name, positions, deadline);
    const options = { ...context.options, initial: this.kind.initial };
    return explainRegister(this.history, model, register, decision, { ...context, options }, deadline, left);
  }

  share(): SharedObjects {
    const { kind, keys, order } = this;
    return { what: 'registers', history: shareHistory(this.history), kind, keys, order };
  }
}
