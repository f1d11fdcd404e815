import { CLIENTS, type Link, type NetworkAbility } from '../../../docker/system.js';
import { done, type Ground, placeOf } from './ground.js';

/** A probe waits so long for its answer. */
const PROBE_NS = 1e9;

export function networkOf(ground: Ground): NetworkAbility {
  const { world, network, nodes, names } = ground;
  const each = (links: readonly Link[], work: (from: number, to: number) => void) =>
    links.forEach(({ from, to }) => work(placeOf(ground, from), placeOf(ground, to)));
  return {
    cut: (links) => done(() => each(links, (from, to) => network.cut(from, to))),
    heal: (links) =>
      done(() => (links === undefined ? network.healAll() : each(links, (from, to) => network.heal(from, to)))),
    dropped: () =>
      done(() => {
        const all = [...names, CLIENTS];
        return all.flatMap((from) =>
          all.flatMap((to) => {
            const packets = network.dropped(placeOf(ground, from), placeOf(ground, to));
            return packets === undefined ? [] : [{ from, to, packets }];
          }),
        );
      }),
    probe: (links) => Promise.all(links.map((link) => probe(link))),
  };

  /** SYN out, SYN-ACK back, from whoever listens there; a process that is stopped has a kernel that answers for it. */
  function probe(link: Link): Promise<Link & { readonly reachable: boolean }> {
    const [from, to] = [placeOf(ground, link.from), placeOf(ground, link.to)];
    const answered = network.packet(from, to) && network.packet(to, from);
    const reachable = answered && (to === network.clients || nodes[to].process !== 'dead');
    const delayNs = answered ? 2 * network.latency() : PROBE_NS;
    return world.answer((resolve) => world.in(delayNs, () => resolve({ ...link, reachable })));
  }
}
