import { closest } from 'fastest-levenshtein';
import { UserError } from '../harness/kit/errors.js';
import { suggestion } from '../harness/kit/suggest.js';
import type { Nemesis, Terrain } from './nemesis.js';

/** A nemesis, and the targets that it was asked for with by name: none, where any of its targets will do. */
export interface AskedNemesis extends Nemesis {
  readonly askedTargets: readonly string[];
}

/**
 * The nemeses that were asked for, fit for a test: refused up front where the system lacks an ability or there are too
 * few nodes, their targets narrowed to those that make sense there, or to those that were asked for: `kill:leader` is a
 * kill of the leader and of nobody else. A name given twice counts once, several targets of it together.
 */
export function composeNemeses(
  asked: readonly string[],
  known: readonly Nemesis[],
  terrain: Terrain,
): readonly AskedNemesis[] {
  const targets = new Map<string, string[]>();
  const open = new Set<string>();
  for (const text of asked) {
    const [, name, target] = /^([^:]*):?(.*)$/s.exec(text)!;
    targets.set(name, [...(targets.get(name) ?? []), ...(target === '' ? [] : [target])]);
    if (target === '') open.add(name);
  }
  return [...targets].map(([name, wanted]) => {
    const nemesis = fitted(named(name, known), terrain);
    const narrowed = narrow(nemesis, wanted, terrain);
    const askedTargets = [...new Set(wanted)];
    const all = { ...nemesis, targets: [...new Set([...nemesis.targets, ...askedTargets])] };
    return { ...(open.has(name) ? all : narrowed), askedTargets };
  });
}

function narrow(nemesis: Nemesis, wanted: readonly string[], { system, nodes }: Terrain): Nemesis {
  const known = [...nemesis.targets, ...(nemesis.targetsOnRequest ?? [])];
  const stranger = wanted.find((target) => !known.includes(target));
  if (stranger === undefined) return { ...nemesis, targets: [...new Set(wanted)] };
  const here = `on ${nodes} ${nodes === 1 ? 'node' : 'nodes'} of ${system}`;
  throw new UserError(`-n ${nemesis.name}:${stranger}: no such target ${here}${suggestion(stranger, known)}`);
}

function named(name: string, known: readonly Nemesis[]): Nemesis {
  const found = known.find((nemesis) => nemesis.name === name);
  if (found !== undefined) return found;
  const names = known.map((nemesis) => nemesis.name);
  const guess = names.length > 0 ? `did you mean ${closest(name, names)}? ` : '';
  throw new UserError(`unknown nemesis ${name} (-n): ${guess}There are: ${names.join(', ')}`);
}

function fitted(nemesis: Nemesis, terrain: Terrain): Nemesis {
  const missing = nemesis.needs.find((ability) => !terrain.abilities.includes(ability));
  if (missing !== undefined) {
    throw new UserError(
      `nemesis ${nemesis.name} needs the ability ${missing}, which system ${terrain.system} does not declare; leave it out of -n`,
    );
  }
  const targets = nemesis.targetsFor?.(terrain) ?? nemesis.targets;
  if (terrain.nodes < nemesis.minNodes || targets.length === 0) {
    const atLeast = `at least ${nemesis.minNodes} ${nemesis.minNodes === 1 ? 'node' : 'nodes'}`;
    throw new UserError(
      `nemesis ${nemesis.name} needs ${atLeast}, not ${terrain.nodes}; raise --nodes or leave it out of -n`,
    );
  }
  return { ...nemesis, targets };
}
