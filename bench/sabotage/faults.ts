import { RealClock } from '../../harness/kit/clock.js';
import type { Cluster } from '../../docker/system.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import { type Sabotage, withAbility } from './means.js';

const nothing = () => Promise.resolve();
const clockOf = (cluster: Cluster) => cluster.virtualClock ?? new RealClock();

/** Faults that are not what they seem. */
export const FAULT_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'cuts that cut nothing',
    faults: ['partition:isolate-one'],
    parts: withAbility('network', () => ({ cut: nothing })),
    ...{ expected: 'inconclusive', says: /did not bite/, real: true, quick: true },
  },
  {
    name: 'cuts that cut half',
    faults: ['partition:isolate-one'],
    parts: withAbility('network', ({ cut }) => ({ cut: (links) => cut(links.slice(0, Math.ceil(links.length / 4))) })),
    ...{ expected: 'inconclusive', says: /did not bite/ },
  },
  {
    name: 'cuts that are flushed half a second later',
    faults: ['partition:isolate-one'],
    parts: withAbility('network', ({ cut, heal }, cluster) => ({
      cut: async (links) => {
        await cut(links);
        clockOf(cluster).after(500, () => void heal());
      },
    })),
    ...{ expected: 'inconclusive', says: /did not bite/ },
  },
  {
    name: 'a heal that leaves the rules',
    faults: ['partition:isolate-one'],
    parts: withAbility('network', () => ({ heal: nothing })),
    ...{ expected: 'inconclusive', says: /not healed|could not be proven healed/ },
  },
  {
    name: 'a heal that leaves the rules and hides them',
    faults: ['partition:isolate-one'],
    parts: withAbility('network', ({ dropped, probe }) => {
      let hidden = false;
      return {
        heal: () => {
          hidden = true;
          return Promise.resolve();
        },
        dropped: async () => (hidden ? [] : dropped()),
        probe: async (links) => (hidden ? links.map((link) => ({ ...link, reachable: true })) : probe(links)),
      };
    }),
    ...{ expected: 'inconclusive', says: /changed the network of n\d/, real: true, quick: true },
  },
  {
    name: 'KILL that kills nothing',
    faults: ['kill:one'],
    parts: withAbility('processes', ({ signal, status }) => ({
      signal: async (node, name, only) =>
        name === 'KILL' ? (await status(node, only)).map(({ pid }) => pid) : signal(node, name, only),
    })),
    ...{ expected: 'inconclusive', says: /kill.*(did not bite|could not be injected|never took place)/i },
  },
  {
    name: 'a pause that pauses nothing',
    faults: ['pause:one'],
    parts: withAbility('processes', ({ signal, status }) => ({
      signal: async (node, name, only) =>
        name === 'STOP' ? (await status(node, only)).map(({ pid }) => pid) : signal(node, name, only),
    })),
    ...{ expected: 'inconclusive', says: /did not bite|could not be injected/ },
  },
  {
    name: 'a pause that is a blip',
    faults: ['pause:one'],
    parts: withAbility('processes', ({ signal }, cluster) => ({
      signal: async (node, name, only) => {
        const pids = await signal(node, name, only);
        if (name === 'STOP') clockOf(cluster).after(50, () => void signal(node, 'CONT', only));
        return pids;
      },
    })),
    ...{ expected: 'inconclusive', says: /did not bite|could not be injected/ },
  },
  {
    name: 'a restart that starts nothing',
    faults: ['kill:one'],
    parts: withAbility('processes', () => ({ start: nothing })),
    ...{ expected: 'inconclusive', says: /not healed|did not come back|could not be proven healed/ },
  },
  {
    name: 'faults described and not injected',
    faults: ['kill:one'],
    parts: (parts) => ({ ...parts, nemeses: parts.nemeses.map(described) }),
    ...{ expected: 'inconclusive', says: /did not bite/, quick: true },
  },
  {
    name: 'somebody cuts two nodes apart all the time',
    faults: ['kill:one'],
    parts: withAbility('processes', (_, { abilities }) => {
      void abilities.network?.cut([{ from: 'n2', to: 'n3' }]);
      return {};
    }),
    ...{ expected: 'inconclusive', says: /somebody else changed the network of n3/, real: true },
  },
];

/** A nemesis that says it did what it should, and did nothing. */
function described(nemesis: Nemesis): Nemesis {
  return {
    ...nemesis,
    inject: ({ order }) =>
      Promise.resolve({
        description: `${order[0]} killed`,
        nodes: order.slice(0, 1),
        leadersBefore: [],
        heal: () => Promise.resolve({ evidence: [], effective: true, healing: [], healed: true, leadersAfter: [] }),
      }),
  };
}
