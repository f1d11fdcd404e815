import { FAIL, type History, INVOKE, NONE, OK } from '../../harness/history/history.js';
import type { Restore } from '../../harness/history/restores.js';
import type { Anomaly, CheckContext, Checker, Verdict } from '../checker.js';
import { Deadline, OutOfBudget } from '../linearizability/budget.js';
import { explainAny } from '../linearizability/explain-any.js';
import { linearizable } from '../linearizability/linearizability.js';
import { operationAt, partitions, type Partition } from '../linearizability/partition.js';
import { searchLinearizable } from '../linearizability/search.js';
import type { Model } from '../model.js';
import { weakerModel } from '../sequential/against.js';
import { SHOWN_ANOMALIES } from '../verdict.js';
import { arrange, type Placed } from './arrange.js';
import { inTimeline, SNAPSHOT, withBackups } from './backup-model.js';
import { common, type Gap, possibleGaps } from './cut.js';
import { phaseOf, survivalDetails, survivalOf, survivalSentence } from './summary.js';
import { surviving } from './surviving.js';
import { endPlace, operationsOf, type TimedOperation } from './timelines.js';
import { torn } from './torn.js';

const EXPLANATION_MS = 2_000;
const EXPLANATION_CONFIGURATIONS = 50_000;

/**
 * Linearizability, also where the cluster was destroyed and restored: a backup is an operation that saves the state of all
 * objects at one moment between its begin and its end, a restore one that sets the state to what was saved. A history is
 * legal if some order of the operations and these two is. It follows that whatever was acknowledged before the backup began
 * is there after the restore, that nothing begun after its end is, and that no object is older in it than another.
 *
 * Objects are judged one by one, each with a backup of its own (locality); then a moment is sought at which all of these
 * backups can be one: with that moment fixed in real time, the objects are independent again, since points at which
 * operations take effect can be chosen object by object on the same side of it.
 */
export function linearizableAcrossRestores<State>(model: Model<State>): Checker {
  const checker = linearizable(model);
  return {
    ...checker,
    acrossRestores(history, context, restores) {
      // Weaker models know no real time, which the two operations are about.
      if (weakerModel(context.consistency) !== undefined) {
        return surviving(checker).acrossRestores!(history, context, restores);
      }
      return check(history, model, context, restores);
    },
  };
}

interface Case<State> {
  readonly history: History;
  /** With the backups in it. */
  readonly arranged: History;
  readonly model: ReturnType<typeof withBackups<State>>;
  readonly parts: readonly Partition[];
  readonly context: CheckContext;
  readonly restores: readonly Restore[];
  readonly deadline: Deadline;
}

function check<State>(
  history: History,
  model: Model<State>,
  context: CheckContext,
  restores: readonly Restore[],
): Verdict {
  const deadline = Deadline.of(context);
  const operations = operationsOf(history, restores);
  const survivals = restores.map((restore, timeline) =>
    survivalOf(history, certainIn(operations, restores.slice(0, timeline)), restore, ({ invocation }) => {
      const operation = operationAt(history, invocation);
      return operation !== undefined && !model.isRead(operation);
    }),
  );
  const arranged = arrange(history, placedOf(history, operations, restores));
  const extended = withBackups(model, restores.length + 1);
  let found: Found;
  try {
    const parts = partitions(arranged, extended, deadline);
    found = judge({ history, arranged, model: extended, parts, context, restores, deadline });
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    found = { anomalies: [], undecided: error.message };
  }
  const { anomalies, undecided } = found;
  const validity = anomalies.length > 0 ? 'invalid' : undecided === undefined ? 'valid' : 'unknown';
  const told = survivals.map((survival, at) => survivalSentence(survival, restores[at], validity));
  const condition = `linearizability as a ${model.name} across ${restores.length} restore(s), one moment of the backup for all objects`;
  const judgement = {
    details: { condition: 'linearizability', model: extended.name, survival: survivalDetails(survivals, told) },
    checked: [...(validity === 'unknown' ? [] : [condition]), ...told],
    notChecked: undecided === undefined ? [] : [`${condition}: ${undecided}`],
  };
  const [first, ...rest] = anomalies;
  if (first !== undefined) return { ...judgement, validity: 'invalid', anomalies: [first, ...rest] };
  if (undecided !== undefined) return { ...judgement, validity: 'unknown', reason: undecided, anomalies: [] };
  return { ...judgement, validity: 'valid', anomalies: [] };
}

/** Operations that no earlier backup can have left out. */
function certainIn(operations: readonly TimedOperation[], earlier: readonly Restore[]): readonly TimedOperation[] {
  return operations.filter((operation) =>
    earlier.every((restore) => operation.begin > restore.destroyed || phaseOf(operation, restore) === 'before'),
  );
}

interface Found {
  readonly anomalies: readonly Anomaly[];
  readonly undecided?: string;
}

function judge<State>(all: Case<State>): Found {
  const { arranged, model, parts, context, deadline, restores } = all;
  const anomalies: Anomaly[] = [];
  let undecided: string | undefined;
  // For all explanations together: what was found so far is proof enough.
  const limit = new Deadline(
    Math.min(EXPLANATION_MS, deadline.remainingMs),
    EXPLANATION_CONFIGURATIONS,
    context.signal,
  );
  for (const part of parts) {
    const result = searchLinearizable(model, part, deadline, { options: context.options });
    if (result.validity === 'unknown') undecided ??= `${part.name ?? 'the object'}: ${result.reason}`;
    if (result.validity !== 'invalid' || anomalies.length === SHOWN_ANOMALIES) continue;
    const until = positionOf(part, result.event, arranged.length);
    const decision = {
      validity: 'invalid',
      engine: 'search',
      maxConfigurations: result.maxConfigurations,
      culprits: undefined,
      until,
    } as const;
    anomalies.push(withoutMarks(explainAny(arranged, model, part, decision, context, limit), restores));
  }
  if (anomalies.length > 0 || undecided !== undefined) return { anomalies, ...(undecided && { undecided }) };
  return oneMoment(all);
}

/** Whether each backup can have been taken of all objects at one moment. */
function oneMoment<State>({ arranged, model, parts, context, restores, deadline }: Case<State>): Found {
  const indexOf = (part: Partition) => (code: number) =>
    arranged.columns.indices[code >= 0 ? part.invocations[code] : part.completions[~code]];
  const isLegal = (part: Partition) => {
    const { validity } = searchLinearizable(model, part, deadline, { options: context.options });
    return validity === 'unknown' ? undefined : validity === 'valid';
  };
  for (const [timeline, { backupBegin, backupEnd }] of restores.entries()) {
    const name = inTimeline(SNAPSHOT, timeline);
    let left: readonly Gap[] = [{ after: backupBegin, before: backupEnd }];
    const seen: { readonly name: string; readonly gaps: readonly Gap[] }[] = [];
    for (const partition of parts) {
      const backup = partition.classOf.findIndex((id) => partition.classes[id].f === name);
      // An object on which nothing happened meanwhile fits every moment.
      if (partition.events.indexOf(~backup) === partition.events.indexOf(backup) + 1) continue;
      const gaps = possibleGaps({ partition, backup }, indexOf(partition), isLegal, deadline);
      if (gaps === undefined) return { anomalies: [], undecided: `${partition.name ?? 'the object'}: budget exceeded` };
      seen.push({ name: partition.name ?? 'the object', gaps });
      left = common(left, gaps);
      if (left.length === 0) return { anomalies: [torn(restores[timeline], seen)] };
    }
  }
  return { anomalies: [] };
}

function positionOf({ events, invocations, completions }: Partition, event: number, length: number): number {
  if (event >= events.length) return length;
  const code = events[event];
  return code >= 0 ? invocations[code] : completions[~code];
}

/** Operations by name and timeline, and a backup of each object in each timeline that has one. */
function placedOf(
  history: History,
  operations: readonly TimedOperation[],
  restores: readonly Restore[],
): readonly Placed[] {
  const { types, functions, functionNames, keys, indices, length, processes } = history.columns;
  const placed: Placed[] = operations.flatMap((operation, number): Placed[] => {
    const { invocation, completion, timeline, begin } = operation;
    const shared = { operation: number, functionName: inTimeline(functionNames[functions[invocation]], timeline) };
    const invoked = { ...shared, at: begin, source: invocation, type: INVOKE };
    const isDecided = completion !== NONE && (types[completion] === OK || types[completion] === FAIL);
    if (!isDecided) return [invoked];
    const at = endPlace(operation, restores);
    return [invoked, { ...shared, at, source: completion, type: types[completion] }];
  });
  const objects = new Set(operations.map(({ invocation }) => keys[invocation]));
  let process = processes.reduce((most, each) => Math.max(most, each), 0);
  let number = operations.length;
  restores.forEach(({ backupBegin, backupEnd }, timeline) => {
    const source = Math.max(0, firstAfter(indices, length, backupBegin));
    for (const key of objects) {
      const shared = {
        ...{ source, key, operation: number++, process: ++process, isEmpty: true as const },
        functionName: inTimeline(SNAPSHOT, timeline),
      };
      placed.push({ ...shared, at: backupBegin, index: backupBegin, type: INVOKE });
      placed.push({ ...shared, at: backupEnd, index: backupEnd, type: OK });
    }
  });
  return placed;
}

/** Position of the first event after a journal index, or of the last one. */
function firstAfter(indices: Int32Array, length: number, index: number): number {
  for (let position = 0; position < length; position++) if (indices[position] > index) return position;
  return length - 1;
}

/** The nemesis' marks are no operations of clients. */
function withoutMarks(anomaly: Anomaly, restores: readonly Restore[]): Anomaly {
  const marks = new Set(restores.flatMap(({ backupBegin, backupEnd }) => [backupBegin, backupEnd]));
  const { drawing, ...rest } = anomaly;
  const isLanes = drawing?.kind === 'lanes';
  return {
    ...rest,
    operations: anomaly.operations.filter((index) => !marks.has(index)),
    ...(drawing && !isLanes && { drawing }),
    ...(isLanes && {
      drawing: {
        ...drawing,
        ...(drawing.linearized && { linearized: drawing.linearized.filter((index) => !marks.has(index)) }),
        ...(drawing.obstacles && { obstacles: drawing.obstacles.filter(({ index }) => !marks.has(index)) }),
      },
    }),
  };
}
