import type { WorkAbility } from '../../../docker/system.js';
import { done, type Ground } from './ground.js';

/** Counts the messages of clients that arrived; what somebody cuts that no fault did is told as strange. */
export function workOf({ network, nodes, names }: Ground): WorkAbility {
  return {
    received: () =>
      done(() =>
        nodes.map(({ id }) => ({
          node: names[id],
          packets: network.received(network.clients, id),
          strange: strangeAt(id),
        })),
      ),
  };

  function strangeAt(id: number): readonly string[] {
    const others = [...nodes.map((node) => node.id).filter((other) => other !== id), network.clients];
    const nameOf = (other: number) => (other === network.clients ? 'clients' : names[other]);
    return others
      .filter((other) => network.dropped(other, id) !== undefined || network.badLine(other, id) !== undefined)
      .map((other) => `packets from ${nameOf(other)} are held up or dropped`);
  }
}
