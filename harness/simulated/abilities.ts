import type { Abilities, FreezerAbility, Link, NetworkAbility, ProcessAbility } from '../../docker/system.js';
import { CLIENTS } from '../../docker/system.js';
import type { Network } from './network.js';
import { type Node, ticksOf } from './node.js';
import type { World } from './world.js';

/** What faults act upon. */
export interface Ground {
  readonly world: World;
  readonly network: Network;
  readonly nodes: readonly Node[];
  readonly names: readonly string[];
  /** The process of a node died: those who talk to it are told. */
  readonly died: (node: Node) => void;
}

/** A probe waits so long for its answer. */
const PROBE_NS = 1e9;
const SIGKILL_EXIT = 137;
/** Of the database of the first node; a process that is started again has another pid. */
const FIRST_PID = 1000;
const CPU_NS = 10_000;

export function abilitiesOf(ground: Ground): Required<Pick<Abilities, 'network' | 'processes' | 'freezer'>> {
  return { network: networkOf(ground), processes: processesOf(ground), freezer: freezerOf(ground) };
}

function networkOf({ world, network, names, nodes }: Ground): NetworkAbility {
  const place = (endpoint: string) => (endpoint === CLIENTS ? network.clients : indexOf(names, endpoint));
  const all = [...names, CLIENTS];
  return {
    cut: (links) => done(() => links.forEach(({ from, to }) => network.cut(place(from), place(to)))),
    heal: () => done(() => network.heal()),
    dropped: () =>
      done(() =>
        all.flatMap((from) =>
          all.flatMap((to) => {
            const packets = network.dropped(place(from), place(to));
            return packets === undefined ? [] : [{ from, to, packets }];
          }),
        ),
      ),
    probe: (links) => Promise.all(links.map((link) => probe(link))),
  };

  /** SYN out, SYN-ACK back, from whoever listens there; a process that is stopped has a kernel that answers for it. */
  function probe(link: Link): Promise<Link & { readonly reachable: boolean }> {
    const [from, to] = [place(link.from), place(link.to)];
    const answered = network.packet(from, to) && network.packet(to, from);
    const reachable = answered && (to === network.clients || nodes[to].process !== 'dead');
    const delayNs = answered ? 2 * network.latency() : PROBE_NS;
    return world.answer((resolve) => world.in(delayNs, () => resolve({ ...link, reachable })));
  }
}

function processesOf({ world, names, nodes, died }: Ground): ProcessAbility {
  const nodeOf = (name: string) => nodes[indexOf(names, name)];
  const pidOf = ({ id, incarnation }: Node) => FIRST_PID + 100 * id + incarnation;
  return {
    status: (name) =>
      done(() => {
        const node = nodeOf(name);
        if (node.process === 'dead') return [];
        const state = node.process === 'stopped' ? 'T' : 'S';
        const startTicks = ticksOf(node.startedNs);
        return [{ pid: pidOf(node), command: 'simulated', state, cpuTicks: node.handled, startTicks }];
      }),
    signal: (name, signal) =>
      done(() => {
        const node = nodeOf(name);
        if (node.process === 'dead') return [];
        const pid = pidOf(node);
        if (signal === 'STOP') node.stop();
        else if (signal === 'CONT') node.continue();
        else {
          node.kill();
          died(node);
        }
        return [pid];
      }),
    exit: (name) => done(() => (nodeOf(name).process === 'dead' ? { code: SIGKILL_EXIT } : undefined)),
    start: (name) =>
      world.answer((resolve) => {
        const node = nodeOf(name);
        world.in(STARTING_NS, () => {
          if (node.process === 'dead') node.start();
          resolve();
        });
      }),
  };
}

/** From the start of a process until it serves. */
const STARTING_NS = 150e6;

function freezerOf({ names, nodes }: Ground): FreezerAbility {
  const nodeOf = (name: string) => nodes[indexOf(names, name)];
  return {
    freeze: (name) => done(() => (nodeOf(name).frozen = true)).then(() => undefined),
    thaw: (name) => done(() => nodeOf(name).thaw()),
    frozen: (name) => done(() => nodeOf(name).frozen),
    cpuTimeNs: (name) => done(() => nodeOf(name).handled * CPU_NS),
  };
}

function indexOf(names: readonly string[], name: string): number {
  const at = names.indexOf(name);
  if (at < 0) throw new Error(`no node ${name}; the cluster has ${names.join(', ')}`);
  return at;
}

/** Takes no time. */
async function done<T>(work: () => T): Promise<T> {
  return work();
}
