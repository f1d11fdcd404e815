import type { Json } from '../../history/operation.js';
import type { PlannedOperation } from '../../run/plan.js';
import { recordedPlan } from '../recorded-plan.js';
import { reduceList } from './reduce.js';
import type { Pass, Shrinking } from './shrinking.js';

/** From now on the plan prescribes its operations one by one, as they were recorded, so that some can be left out. */
export const prescribed: Pass = async (shrinking) => {
  const { plan, history } = shrinking.current;
  if (plan.operations === undefined) await shrinking.try(recordedPlan(plan, history));
};

/** Nothing is read at the end. */
export const withoutFinalReads: Pass = async (shrinking) => {
  if (shrinking.plan.finalReads === undefined) await shrinking.try({ finalReads: 'none' });
};

/** Before the evidence begins, ms: what it builds upon was often written just before. */
const BEFORE_MS = 200;

/**
 * Guesses, from bold to timid: the evidence alone; its threads, its keys, in its time; its keys in its time and shortly
 * before; its keys until its end; everything until its end.
 */
export const aroundEvidence: Pass = async (shrinking) => {
  const all = operationsOf(shrinking);
  const evidence = evidenceOf(shrinking);
  if (evidence.length === 0) return;
  const keys = new Set(evidence.flatMap(keysOf));
  const threads = new Set(evidence.map(({ thread }) => thread));
  const times = evidence.map(({ atMs }) => atMs);
  const [beginMs, endMs] = [Math.min(...times), Math.max(...times)];
  const guesses: readonly ((each: PlannedOperation) => boolean)[] = [
    (each) => evidence.includes(each),
    (each) => touches(keys, each) && each.atMs >= beginMs && threads.has(each.thread),
    (each) => touches(keys, each) && each.atMs >= beginMs - BEFORE_MS,
    (each) => touches(keys, each),
    () => true,
  ];
  for (const guess of guesses) {
    const operations = all.filter((each) => each.atMs <= endMs && guess(each));
    if (operations.length < all.length && (await shrinking.try({ operations }))) return;
  }
};

/** Fewer keys. */
export const fewerKeys: Pass = async (shrinking) => {
  const keys = [...new Set(operationsOf(shrinking).flatMap(keysOf))];
  await reduceList(keys, (left) => {
    const wanted = new Set(left);
    return shrinking.try({ operations: operationsOf(shrinking).filter((each) => touches(wanted, each)) });
  });
};

/** Fewer clients. */
export const fewerClients: Pass = async (shrinking) => {
  const threads = [...new Set(operationsOf(shrinking).map(({ thread }) => thread))];
  await reduceList(threads, (left) => {
    return shrinking.try({ operations: operationsOf(shrinking).filter(({ thread }) => left.includes(thread)) });
  });
};

/** Fewer operations. */
export const fewerOperations: Pass = async (shrinking) => {
  await reduceList(operationsOf(shrinking), (operations) => shrinking.try({ operations }));
};

/** Whether it touches these keys alone, or has none. */
function touches(keys: ReadonlySet<string>, operation: PlannedOperation): boolean {
  return keysOf(operation).every((key) => keys.has(key));
}

/** Threads that do nothing are taken away. Those that are left may come to other nodes, and then it may not fail. */
export const withoutIdleThreads: Pass = async (shrinking) => {
  const { operations, workloads } = shrinking.plan;
  if (operations === undefined) return;
  let first = 0;
  const place = new Map<number, number>();
  const fewer = workloads.map((workload) => {
    const threads = Array.from({ length: workload.concurrency }, (_, at) => first + at);
    first += workload.concurrency;
    const busy = threads.filter((thread) => operations.some((each) => each.thread === thread));
    for (const thread of busy) place.set(thread, place.size);
    return { ...workload, concurrency: busy.length };
  });
  if (place.size === first || fewer.some(({ concurrency }) => concurrency === 0)) return;
  const moved = operations.map((each) => ({ ...each, thread: place.get(each.thread)! }));
  await shrinking.try({ operations: moved, workloads: fewer });
};

function operationsOf({ plan }: Shrinking): readonly PlannedOperation[] {
  return plan.operations ?? [];
}

/** The prescribed operations that are part of what proves the first violation. */
function evidenceOf({ current, plan }: Shrinking): readonly PlannedOperation[] {
  const { history, anomalies } = current;
  const threads = plan.workloads.reduce((sum, { concurrency }) => sum + concurrency, 0);
  const wanted = new Set(anomalies[0].operations);
  const asked = new Set<string>();
  for (const { index, type, process, f, key, value } of history.events()) {
    if (type !== 'invoke' || process === 'nemesis' || !wanted.has(index)) continue;
    asked.add(JSON.stringify([process % threads, f, key, value]));
  }
  return (plan.operations ?? []).filter(({ thread, f, key, value }) =>
    asked.has(JSON.stringify([thread, f, key, value])),
  );
}

/** What an operation concerns: its key, or the keys of a transaction's micro-operations `[f, key, value]`. */
export function keysOf({ key, value }: Pick<PlannedOperation, 'key' | 'value'>): readonly string[] {
  if (key !== undefined) return [key];
  if (!Array.isArray(value)) return [];
  const isMicro = (each: Json): each is readonly Json[] => Array.isArray(each) && typeof each[0] === 'string';
  return [...new Set((value as readonly Json[]).filter(isMicro).map((micro) => JSON.stringify(micro[1])))];
}
