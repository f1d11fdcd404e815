import type { Abilities, Ability, Cluster } from '../docker/system.js';

/** An ability that the nemesis needs; it was refused up front where the system does not declare it. */
export function abilityOf<A extends Ability>(
  { abilities }: Cluster,
  ability: A,
  nemesis: string,
): NonNullable<Abilities[A]> {
  const found = abilities[ability];
  if (found === undefined) throw new Error(`nemesis ${nemesis}: the cluster has no ability ${ability}`);
  return found as NonNullable<Abilities[A]>;
}
