import type { Recovery } from './faults.js';
import { type History, INVOKE, NONE, OK } from './history.js';

/**
 * For each kind of operation (of every workload) that clients had asked for before the heal and asked for again after
 * it, in the order of their names: when one succeeded that was invoked after the heal. A kind that is first asked for
 * later (final reads) or never again says nothing about recovery, and is left out.
 */
export function recoveriesAfter(clients: History, healedTime: number): readonly Recovery[] {
  const { types, times, pairs, functions, workloads, functionNames, workloadNames } = clients.columns;
  const kindAt = (position: number) => (workloads[position] + 1) * KINDS + functions[position];
  const before = new Set<number>();
  const recovered = new Map<number, number>();
  for (let position = 0; position < clients.length; position++) {
    const kind = kindAt(position);
    if (times[position] < healedTime) {
      before.add(kind);
      continue;
    }
    if (!before.has(kind)) continue;
    if (types[position] === INVOKE && !recovered.has(kind)) recovered.set(kind, Infinity);
    if (types[position] !== OK || pairs[position] === NONE || times[pairs[position]] < healedTime) continue;
    if (recovered.get(kind) === Infinity) recovered.set(kind, times[position]);
  }
  const recoveries = [...recovered].map(([kind, time]): Recovery => {
    const workload = Math.floor(kind / KINDS) - 1;
    return {
      ...(workload >= 0 && { workload: workloadNames[workload] }),
      f: functionNames[kind % KINDS],
      ...(time !== Infinity && { recoveryNs: time - healedTime }),
    };
  });
  return recoveries.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Until the last kind was back; undefined when one never was, or nothing was asked for again. */
export function slowestOf(recoveries: readonly Recovery[]): number | undefined {
  const all = recoveries.map(({ recoveryNs = Infinity }) => recoveryNs);
  const slowest = Math.max(...all);
  return all.length === 0 || slowest === Infinity ? undefined : slowest;
}

/** More names of operations than any history has. */
const KINDS = 65_536;

const nameOf = ({ workload = '', f }: Recovery): string => `${workload}\u0000${f}`;
