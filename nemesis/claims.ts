import type { Link, NetworkAbility } from '../docker/system.js';

/** The links that one fault in place has cut. */
export interface Claim {
  readonly links: readonly Link[];
}

const CLAIMS = new WeakMap<NetworkAbility, Set<Claim>>();

/**
 * What each fault in place has cut of a network. A link is joined again only when nobody cuts it any more: of two
 * partitions that overlap, the one that heals first must leave the other as it is.
 */
export function claim(network: NetworkAbility, links: readonly Link[]): Claim {
  const mine = { links };
  CLAIMS.set(network, (CLAIMS.get(network) ?? new Set()).add(mine));
  return mine;
}

/** Links that other faults keep cut. */
export function claimedByOthers(network: NetworkAbility, mine: Claim): readonly Link[] {
  return [...(CLAIMS.get(network) ?? [])].filter((each) => each !== mine).flatMap(({ links }) => links);
}

/** Gives the links back and joins those that nobody else cuts; where nobody cuts anything, all of them. */
export async function release(network: NetworkAbility, mine: Claim): Promise<void> {
  CLAIMS.get(network)?.delete(mine);
  const others = claimedByOthers(network, mine);
  if (others.length === 0) return network.heal();
  await network.heal(mine.links.filter((link) => !others.some((other) => same(link, other))));
}

/** Links between nodes that no fault in place cuts, in either direction: a connection needs both. */
export function uncut(network: NetworkAbility, links: readonly Link[]): readonly Link[] {
  const cut = [...(CLAIMS.get(network) ?? [])].flatMap((each) => each.links);
  return links.filter(
    (link) => !cut.some((other) => same(link, other) || same(link, { from: other.to, to: other.from })),
  );
}

export const same = (a: Link, b: Link): boolean => a.from === b.from && a.to === b.to;
