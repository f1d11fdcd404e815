import { closest } from 'fastest-levenshtein';
import { UserError } from '../harness/kit/errors.js';
import type { Nemesis, Terrain } from './nemesis.js';

/**
 * The nemeses of those names, fit for a test: refused up front where the system lacks an ability or there are too few
 * nodes, their targets narrowed to those that make sense there. A name given twice counts once.
 */
export function composeNemeses(
  names: readonly string[],
  known: readonly Nemesis[],
  terrain: Terrain,
): readonly Nemesis[] {
  return [...new Set(names)].map((name) => fitted(named(name, known), terrain));
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
