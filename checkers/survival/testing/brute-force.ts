import { OK } from '../../../harness/history/history.js';
import type { Json } from '../../../harness/history/operation.js';
import { operationsOf } from '../timelines.js';
import type { Recorded } from './backed-up-store.js';

/** Something that has to be put in an order: an operation of a client on a register, a backup of all, or a restore of all. */
interface Step {
  readonly kind: 'read' | 'write' | 'backup' | 'restore';
  readonly key: string;
  readonly value: Json;
  readonly begin: number;
  /** Infinity: it need not take effect. */
  readonly end: number;
  /** Of a client's operation: number of restores before it. */
  readonly timeline: number;
}

interface Store {
  readonly now: ReadonlyMap<string, Json>;
  readonly saved: ReadonlyMap<string, Json>;
  readonly restores: number;
}

/**
 * Linearizability of registers with backups, by its definition: tries every order of all operations on all registers
 * together with backups and restores of the whole store. Shares nothing with the checker but the pairing of events.
 */
export function isLegal({ history, restores }: Recorded): boolean {
  const steps: Step[] = operationsOf(history, restores).flatMap(({ invocation, completion, timeline, begin, end }) => {
    const { f, key = '', value } = history.event(invocation);
    const isOk = completion >= 0 && history.columns.types[completion] === OK;
    if (f === 'read' && !isOk) return [];
    const kind = f === 'read' ? ('read' as const) : ('write' as const);
    return [
      { kind, key, value: isOk ? history.value(completion) : value, begin, end: isOk ? end : Infinity, timeline },
    ];
  });
  for (const { backupBegin, backupEnd, destroyed } of restores) {
    const shared = { key: '', value: null, timeline: -1 };
    steps.push({ ...shared, kind: 'backup', begin: backupBegin, end: backupEnd });
    steps.push({ ...shared, kind: 'restore', begin: destroyed, end: destroyed });
  }
  return search(steps, new Map(), new Set());
}

function search(steps: readonly Step[], now: ReadonlyMap<string, Json>, seen: Set<string>): boolean {
  const go = (left: readonly number[], store: Store): boolean => {
    if (left.every((at) => steps[at]!.end === Infinity)) return true;
    const name = JSON.stringify([left, [...store.now].sort(), [...store.saved].sort()]);
    if (seen.has(name)) return false;
    seen.add(name);
    const firstEnd = Math.min(...left.map((at) => steps[at]!.end));
    return left.some((at) => {
      // Whatever ended before it began has to come before it.
      if (steps[at]!.begin > firstEnd) return false;
      const next = apply(steps[at]!, store);
      return (
        next !== undefined &&
        go(
          left.filter((other) => other !== at),
          next,
        )
      );
    });
  };
  return go([...steps.keys()], { now, saved: new Map(), restores: 0 });
}

function apply({ kind, key, value, timeline }: Step, store: Store): Store | undefined {
  if (kind === 'backup') return { ...store, saved: store.now };
  if (kind === 'restore') return { ...store, now: store.saved, restores: store.restores + 1 };
  // Asked of a cluster that is gone, or of one that is still to come.
  if (timeline !== store.restores) return undefined;
  if (kind === 'read') return (store.now.get(key) ?? null) === value ? store : undefined;
  return { ...store, now: new Map([...store.now, [key, value]]) };
}
