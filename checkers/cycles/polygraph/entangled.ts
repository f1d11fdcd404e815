import { components } from '../tarjan.js';
import type { Precedence, Question } from './precedence.js';

/**
 * Sets of participants that precede themselves under an order guessed: strongly connected, and with each the writers of
 * the versions that others of it overwrite, without which these reads would not count. Ascending.
 */
export function entangled({ registers }: Question, precedence: Precedence): Int32Array[] {
  const { nodes, offsets, targets, moments } = precedence;
  const { of, count } = components({ nodes, offsets, targets, relations: new Uint8Array(targets.length) }, ~0);
  if (count === nodes) return [];
  const sizes = new Int32Array(count);
  for (const component of of) sizes[component]++;
  const groups = new Map<number, Set<number>>();
  for (let moment = 0; moment < moments.count; moment++) {
    if (sizes[of[moment]] < 2) continue;
    const group = groups.get(of[moment]) ?? new Set<number>();
    groups.set(of[moment], group);
    const member = Math.floor(moment / moments.perTransaction);
    group.add(member);
    if (moment !== moments.read(member)) continue;
    for (let read = registers.readStarts[member]; read < registers.readStarts[member + 1]; read++) {
      const version = registers.readVersions[read];
      if (version < registers.owners.length) group.add(registers.owners[version]);
    }
  }
  return [...groups.values()].map((group) => Int32Array.from(group).sort());
}
