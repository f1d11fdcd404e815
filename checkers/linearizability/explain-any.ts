import { NONE, type History } from '../../harness/history/history.js';
import type { Anomaly, CheckContext } from '../checker.js';
import { type Model, readsAmong } from '../model.js';
import { when } from '../verdict.js';
import { type Deadline, OutOfBudget } from './budget.js';
import { decidePartition } from './decide-partition.js';
import { anomaly, draw, type Invalid } from './explain.js';
import { illegalTail, withJumps } from './jumps.js';
import { NEVER, partitionOf, timedOperations, type Partition, type TimedOperation } from './partition.js';

/** Beyond this many operations nothing is weakened: with so many unknown ones each re-check would be a search. */
const WEAKENED_OPERATIONS = 300;
/**
 * The anomaly of an object under any model. The sub-history is made smaller by steps that keep the proof whatever the
 * model: what was invoked after the violation and reads are left out; an update whose outcome plays no part counts as
 * unknown (it may then take effect at any later time or never, so whatever was legal before still is). Of a register that
 * is appended to, an update whose text no read shows is left out: no read comes after it before the next write.
 */
export function explainAny<State>(
  history: History,
  model: Model<State>,
  partition: Partition,
  decision: Invalid,
  context: CheckContext,
  deadline: Deadline,
  left: (operations: number) => void = () => undefined,
): Anomaly {
  const end = endOf(history, partition, decision.until);
  const limit = deadline.narrowed(deadline.remainingMs, 20_000);
  const isIllegal = judgeOf(history, model, limit, context);
  const culprits = new Set(decision.culprits ?? []);
  const some = timedOperations(partition).filter((_, op) => culprits.has(op));
  const until = (last: number) => timedOperations(partition).flatMap((one) => cut(model, one, last));
  // Where what was over by then is no contradiction, an answer that came later is part of it.
  const early = some.length > 0 && isIllegal(some) ? some : until(end);
  const suspects = early === some || isIllegal(early) ? early : until(partition.events.length);
  const { operations, under } = fewestAmongJumps(history, model, suspects, limit, context, left) ?? {
    operations: fewest(model, suspects, isIllegal, limit, left),
    under: model,
  };
  const reduced = partitionOf(operations, partition.name);
  const drawn = draw(under, reduced, context);
  const ordered = [...operations].sort((a, b) => a.invokeAt - b.invokeAt);
  const culprit = drawn === undefined ? ordered[ordered.length - 1] : ordered[drawn.culprit];
  const sentence = sentenceOf(history, model, partition.name, culprit, ordered.length, drawn?.states ?? []);
  const isMinimal = limit.remainingMs > 0;
  const found = anomaly(history, partition.name, sentence, { cause: 'no-order', isMinimal }, ordered, drawn, model);
  return under === model ? found : { ...found, explanation: [...(found.explanation ?? []), AMONG_JUMPS] };
}

const AMONG_JUMPS = 'That holds whatever was added before, in between and beside: all else may have added anything.';

type IsIllegal = (operations: readonly TimedOperation[]) => boolean;

function judgeOf<State>(history: History, model: Model<State>, limit: Deadline, { options }: CheckContext): IsIllegal {
  return (operations) => {
    try {
      return (
        decidePartition(history.columns, model, partitionOf(operations), { options }, limit).validity === 'invalid'
      );
    } catch (error) {
      if (error instanceof OutOfBudget) return false;
      throw error;
    }
  };
}

/** The fewest that contradict each other whatever others added. */
function fewestAmongJumps<State>(
  history: History,
  model: Model<State>,
  suspects: readonly TimedOperation[],
  limit: Deadline,
  context: CheckContext,
  left: (operations: number) => void,
): { readonly operations: readonly TimedOperation[]; readonly under: Model<State> } | undefined {
  const under = withJumps(model, suspects);
  if (under === undefined) return undefined;
  const isIllegal = judgeOf(history, under, limit, context);
  const tail = illegalTail(suspects, isIllegal);
  return tail && { operations: shrink(tail, isIllegal, limit, () => [], left), under };
}

function fewest<State>(
  model: Model<State>,
  suspects: readonly TimedOperation[],
  isIllegal: IsIllegal,
  limit: Deadline,
  left: (operations: number) => void,
): readonly TimedOperation[] {
  if (!isIllegal(suspects)) return suspects;
  const isRead = readsAmong(
    model,
    suspects.map(({ operation }) => operation),
  );
  let operations = shrink(suspects, isIllegal, limit, (one) => (isRead(one.operation) ? [] : [one]), left);
  const unseen = unseenUpdates(model, operations);
  if (unseen.size > 0) {
    operations = shrink(operations, isIllegal, limit, (one) => (unseen.has(one) ? [] : [one]), left);
  }
  if (operations.length <= WEAKENED_OPERATIONS) operations = shrink(operations, isIllegal, limit, weaken, left);
  return operations.filter((one) => one.returnAt !== NEVER || !isUseless(one, operations, isIllegal));
}

/** Updates of a register that is appended to whose text no read shows. */
function unseenUpdates<State>(
  { dataType }: Model<State>,
  operations: readonly TimedOperation[],
): ReadonlySet<TimedOperation> {
  if (dataType?.kind !== 'register' || dataType.append === undefined) return new Set();
  const reads = operations.filter(({ operation }) => operation.f === dataType.read);
  const values = reads.map(({ operation }) => operation.output);
  if (!values.every((value) => typeof value === 'string')) return new Set();
  return new Set(
    operations.filter(
      ({ operation: { f, input } }) =>
        f !== dataType.read && typeof input === 'string' && !values.some((value) => value.includes(input)),
    ),
  );
}

/** An unknown operation is background: it is shown only while few are. */
function isUseless(one: TimedOperation, operations: readonly TimedOperation[], isIllegal: IsIllegal): boolean {
  return operations.length > WEAKENED_OPERATIONS && isIllegal(operations.filter((other) => other !== one));
}

function endOf(history: History, { events, invocations, completions }: Partition, until: number): number {
  for (let at = events.length - 1; at > 0; at--) {
    const position = events[at] >= 0 ? invocations[events[at]] : completions[~events[at]];
    if (position <= Math.min(until, history.length)) return at;
  }
  return 0;
}

/** The operation as it was known at event `end`. */
function cut<State>(model: Model<State>, one: TimedOperation, end: number): TimedOperation[] {
  if (one.invokeAt > end) return [];
  if (one.returnAt <= end) return [one];
  return model.isRead(one.operation) ? [] : weaken(one);
}

function weaken(one: TimedOperation): TimedOperation[] {
  if (one.returnAt === NEVER && one.operation.output === undefined) return [one];
  return [{ ...one, operation: { ...one.operation, output: undefined }, returnAt: NEVER, completion: NONE }];
}

/** Applies `change` to ever smaller chunks of the operations, as long as what is left stays illegal. */
function shrink(
  operations: readonly TimedOperation[],
  isIllegal: IsIllegal,
  limit: Deadline,
  change: (one: TimedOperation) => readonly TimedOperation[],
  left: (operations: number) => void,
): TimedOperation[] {
  let current = [...operations];
  for (let chunk = Math.ceil(current.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let start = 0; start < current.length;) {
      if (limit.remainingMs <= 0) return current;
      const changed = current.slice(start, start + chunk).flatMap(change);
      const candidate = [...current.slice(0, start), ...changed, ...current.slice(start + chunk)];
      const isSame = candidate.length === current.length && candidate.every((one, at) => one === current[at]);
      if (!isSame && isIllegal(candidate)) {
        current = candidate;
        left(current.length);
        start += changed.length;
      } else start += chunk;
    }
  }
  return current;
}

function sentenceOf<State>(
  history: History,
  model: Model<State>,
  name: string | undefined,
  culprit: TimedOperation,
  count: number,
  states: readonly string[],
): string {
  const { nodes, nodeNames } = history.columns;
  const node = nodes[culprit.invocation];
  const who = node === NONE ? `process ${history.processName(culprit.invocation)}` : nodeNames[node];
  const completion = culprit.completion === NONE ? culprit.invocation : culprit.completion;
  const of = name === undefined ? '' : ` (${name})`;
  const state = states.length === 0 ? '' : `; the state was ${states.slice(0, 3).join(' or ')}`;
  const what = model.describe(culprit.operation);
  return `No order of ${count} operations explains ${what}${of} by ${who} at ${when(history, completion)}${state}.`;
}
