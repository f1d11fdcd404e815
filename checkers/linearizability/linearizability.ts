import { INVOKE, NEMESIS, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, CheckContext, Checker, Verdict } from '../checker.js';
import type { Model } from '../model.js';
import { Deadline, OutOfBudget } from './budget.js';
import { decideRegister, type Decision } from './decide.js';
import { checkFifo } from './fifo.js';
import { explainAny } from './explain-any.js';
import { explainRegister, type Invalid } from './explain.js';
import { positionsByKey, type KeyedPositions } from './keys.js';
import { partitions, type Partition } from './partition.js';
import { quickZones } from './quick-zones.js';
import { RegisterReader, type RegisterNames } from './registers.js';
import { searchLinearizable } from './search.js';

/** Anomalies shown in full; the others are counted. */
const SHOWN_ANOMALIES = 16;
const LEAST_EXPLANATION_MS = 1_000;
const EXPLANATION_CONFIGURATIONS = 50_000;

/** Models that are registers under whatever names, and the value before the first write. */
const REGISTERS: Readonly<Record<string, RegisterNames & { readonly initial: Json }>> = {
  register: { read: 'read', write: 'write', initial: null },
  'cas-register': { read: 'read', write: 'write', cas: 'cas', initial: null },
  kv: { read: 'get', write: 'put', initial: '' },
};

/** The judgement of one independent object. */
export interface Judged {
  readonly name: string | undefined;
  readonly operations: number;
  readonly decision: Decision;
  readonly explain: (decision: Invalid, deadline: Deadline) => Anomaly;
}

/**
 * Linearizability against a model, object by object, each with the quickest engine that is exact for it: zones or
 * chains for registers with unique values, the frontier for other registers, the just-in-time search for any model.
 * Options: those of the model; `order: true` adds a legal order to the details of a valid verdict.
 */
export function linearizable<State>(model: Model<State>): Checker {
  return {
    name: 'linearizable',
    summary: `linearizability as a ${model.name}: ${model.summary}`,
    check: (history, context) => check(history, model, context),
  };
}

function check<State>(history: History, model: Model<State>, context: CheckContext): Verdict {
  const started = performance.now();
  const deadline = Deadline.of(context);
  const judged = judge(history, model, context, deadline);
  // An explanation may take twice the time of the judgement; past that, what was found so far is proof enough.
  const timeMs = Math.max(LEAST_EXPLANATION_MS, 2 * (performance.now() - started));
  const limit = new Deadline(Math.min(timeMs, deadline.remainingMs), EXPLANATION_CONFIGURATIONS, context.signal);
  const anomalies: Anomaly[] = [];
  for (const { decision, explain } of judged) {
    if (decision.validity !== 'invalid' || anomalies.length >= SHOWN_ANOMALIES) continue;
    anomalies.push(explain(decision, limit));
  }
  return verdictOf(model, judged, anomalies, history);
}

function judge<State>(history: History, model: Model<State>, context: CheckContext, deadline: Deadline): Judged[] {
  const names = registerNames(history, model);
  try {
    if (names === undefined) return judgeByPartition(history, model, context, deadline);
    const initial = context.options['initial'] ?? names.initial;
    const reader = new RegisterReader(history, names, initial);
    return positionsByKey(history).map((key) => judgeRegister(history, model, reader, key, context, initial, deadline));
  } catch (error) {
    return [{ name: undefined, operations: 0, decision: outOfBudget(error), explain: nothingToExplain }];
  }
}

function judgeRegister<State>(
  history: History,
  model: Model<State>,
  reader: RegisterReader,
  { name, positions }: KeyedPositions,
  context: CheckContext,
  initial: Json,
  deadline: Deadline,
): Judged {
  const { pairs } = history.columns;
  const withInitial = { ...context, options: { ...context.options, initial } };
  let operations = 0;
  let decision: Decision;
  const isPlain = initial === null && positions === undefined && wanted(context) === 'unwanted';
  const quick = isPlain ? quickZones(history, reader.kindOf) : undefined;
  if (quick === 'valid') {
    const decision = { validity: 'valid', engine: 'zones', maxConfigurations: 1 } as const;
    return { name, operations: invocations(history), decision, explain: nothingToExplain };
  }
  if (quick !== undefined) {
    const few = reader.read(name, quick);
    const decision = decideRegister(few, pairs, deadline);
    const explain = (invalid: Invalid, limit: Deadline) =>
      explainRegister(history, model, few, invalid, withInitial, limit);
    if (decision.validity === 'invalid') return { name, operations: invocations(history), decision, explain };
  }
  try {
    const register = reader.read(name, positions, deadline);
    operations = register.count;
    decision = decideRegister(register, pairs, deadline, wanted(context));
  } catch (error) {
    decision = outOfBudget(error);
  }
  const explain = (invalid: Invalid, limit: Deadline) =>
    explainRegister(history, model, reader.read(name, positions), invalid, withInitial, limit);
  return { name, operations, decision, explain };
}

function judgeByPartition<State>(
  history: History,
  model: Model<State>,
  context: CheckContext,
  deadline: Deadline,
): Judged[] {
  return partitions(history, model, deadline).map((partition) => ({
    name: partition.name,
    operations: partition.count,
    decision: decideBySearch(history, model, partition, context, deadline),
    explain: (decision, limit) => explainAny(history, model, partition, decision, context, limit),
  }));
}

/** Operations of a history without keys. */
function invocations({ columns, length }: History): number {
  let count = 0;
  for (let at = 0; at < length; at++) if (columns.types[at] === INVOKE && columns.processes[at] !== NEMESIS) count++;
  return count;
}

/** An object on which no time was left to spend. */
function outOfBudget(error: unknown): Decision {
  if (!(error instanceof OutOfBudget)) throw error;
  return { validity: 'unknown', engine: 'search', maxConfigurations: 0, reason: error.message, provenBefore: 0 };
}

function nothingToExplain(): never {
  throw new Error('an undecided object has no anomaly');
}

/** A store's appends make it more than a register: then the general search judges it. */
function registerNames<State>({ columns }: History, model: Model<State>) {
  const names = REGISTERS[model.name];
  if (names === undefined || model.name !== 'kv') return names;
  const append = columns.functionNames.indexOf('append');
  for (let at = 0; append !== -1 && at < columns.length; at++) {
    if (columns.functions[at] === append && columns.processes[at] !== NEMESIS) return undefined;
  }
  return names;
}

function decideBySearch<State>(
  { columns, length }: History,
  model: Model<State>,
  partition: Partition,
  context: CheckContext,
  deadline: Deadline,
): Decision {
  const { options } = context;
  const positionAt = (event: number) => {
    if (event >= partition.events.length) return length;
    const code = partition.events[event];
    return code >= 0 ? partition.invocations[code] : columns.pairs[partition.invocations[~code]];
  };
  if (model.name === 'queue' && wanted(context) === 'unwanted') {
    const fifo = checkFifo(partition);
    if (fifo.validity === 'valid') return { validity: 'valid', engine: 'queue', maxConfigurations: 1 };
    if (fifo.validity === 'invalid') {
      const until = positionAt(fifo.event);
      return { validity: 'invalid', engine: 'queue', maxConfigurations: 1, culprits: fifo.ops, until };
    }
  }
  const result = searchLinearizable(model, partition, deadline, { options, order: wanted(context) });
  const { validity, maxConfigurations } = result;
  if (validity === 'valid') {
    const order = result.order?.map((op) => partition.invocations[op]);
    return { validity, engine: 'search', maxConfigurations, ...(order && { order }) };
  }
  if (validity === 'invalid') {
    return { validity, engine: 'search', maxConfigurations, culprits: undefined, until: positionAt(result.event) };
  }
  const provenBefore = positionAt(result.provenEvents);
  return { validity, engine: 'search', maxConfigurations, reason: result.reason, provenBefore };
}

function verdictOf<State>(
  model: Model<State>,
  judged: readonly Judged[],
  anomalies: readonly Anomaly[],
  history: History,
): Verdict {
  const count = (validity: string) => judged.filter((one) => one.decision.validity === validity).length;
  const engines: Record<string, number> = {};
  for (const { decision } of judged) engines[decision.engine] = (engines[decision.engine] ?? 0) + 1;
  const undecided = judged.flatMap(({ name, decision }) =>
    decision.validity === 'unknown' ? [{ name, ...decision }] : [],
  );
  const decided = judged.length - undecided.length;
  const details: Readonly<Record<string, Json>> = {
    condition: 'linearizability',
    model: model.name,
    objects: judged.length,
    operations: judged.reduce((sum, one) => sum + one.operations, 0),
    engines,
    maxConfigurations: judged.reduce((most, one) => Math.max(most, one.decision.maxConfigurations), 0),
    invalid: count('invalid'),
    undecided: undecided.length,
    ...ordersOf(history, judged),
    ...(undecided.length > 0 && { provenPrefix: provenPrefix(history, undecided) }),
  };
  const objects = (n: number) => `${n} ${n === 1 ? 'object' : 'objects'}`;
  const judgement = {
    details,
    checked: decided > 0 ? [`linearizability of ${objects(decided)} as ${model.name}`] : [],
    notChecked: undecided.map(
      ({ name, reason, provenBefore }) =>
        `linearizability${name === undefined ? '' : ` of ${name}`} from event ${indexAt(history, provenBefore)} on: ${reason}`,
    ),
  };
  const [first, ...rest] = anomalies;
  if (first !== undefined) return { ...judgement, validity: 'invalid', anomalies: [first, ...rest] };
  if (undecided.length > 0) {
    const reason = `${objects(undecided.length)} of ${judged.length} not decided: ${undecided[0].reason}`;
    return { ...judgement, validity: 'unknown', reason, anomalies: [] };
  }
  return { ...judgement, validity: 'valid', anomalies: [] };
}

function wanted({ options }: CheckContext): 'wanted' | 'unwanted' {
  return options['order'] === true ? 'wanted' : 'unwanted';
}

/** Legal orders, as journal indices of invocations, by the name of the object ("" where there is only one). */
function ordersOf({ columns }: History, judged: readonly Judged[]): Readonly<Record<string, Json>> {
  const orders = judged.flatMap(({ name, decision }) =>
    decision.validity === 'valid' && decision.order !== undefined
      ? [[name ?? '', decision.order.map((position) => columns.indices[position])] as const]
      : [],
  );
  return orders.length === 0 ? {} : { order: Object.fromEntries(orders) };
}

/** Index of the journal before which everything was proven linearizable. */
function provenPrefix(history: History, undecided: readonly { readonly provenBefore: number }[]): number {
  return indexAt(history, Math.min(...undecided.map((one) => one.provenBefore)));
}

function indexAt({ columns, length }: History, position: number): number {
  if (position < length) return columns.indices[position];
  return length === 0 ? 0 : columns.indices[length - 1] + 1;
}
