import type { Link, TrafficAbility } from '../../../docker/system.js';
import { done, type Ground, nodeOf, placeOf } from './ground.js';

/** Whoever waits for a round trip waits no longer. */
const ROUND_TRIP_NS = 5e9;

/** Lines that are bad without being cut. */
export function trafficOf(ground: Ground): TrafficAbility {
  const { world, network } = ground;
  return {
    unavailable: () => Promise.resolve(undefined),
    impair: (links, impairment) =>
      done(() => {
        network.restore();
        for (const { from, to } of links) network.impair(placeOf(ground, from), placeOf(ground, to), impairment);
      }),
    restore: () => done(() => network.restore()),
    counters: () =>
      done(() =>
        ground.names.flatMap((node) => {
          const lines = linesOf(ground, node);
          const sum = (of: 'packets' | 'hit') => lines.reduce((all, line) => all + line[of], 0);
          return lines.length === 0 ? [] : [{ node, packets: sum('packets'), hit: sum('hit') }];
        }),
      ),
    send: ({ from, to }, packets) =>
      done(() => {
        for (let sent = 0; sent < packets; sent++) {
          network.send(placeOf(ground, from), placeOf(ground, to), () => undefined);
        }
      }),
    roundTripMs: (link) => roundTripMs(link),
  };

  function roundTripMs(link: Link): Promise<number | undefined> {
    const [from, to] = [placeOf(ground, link.from), placeOf(ground, link.to)];
    const sentNs = world.nowNs();
    return world.answer((resolve) => {
      let open = true;
      const end = (tookMs: number | undefined) => {
        if (open) resolve(tookMs);
        open = false;
      };
      world.in(ROUND_TRIP_NS, () => end(undefined));
      network.send(from, to, () => network.send(to, from, () => end((world.nowNs() - sentNs) / 1e6)));
    });
  }
}

/** Those that end at a node. */
function linesOf(ground: Ground, node: string) {
  const { network } = ground;
  const { id } = nodeOf(ground, node);
  const others = [...ground.nodes.map((each) => each.id).filter((each) => each !== id), network.clients];
  const lines = others.flatMap((other) => [network.badLine(id, other), network.badLine(other, id)]);
  return lines.filter((line) => line !== undefined);
}
