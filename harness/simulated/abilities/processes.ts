import type { FreezerAbility, ProcessAbility } from '../../../docker/system.js';
import { type Node, ticksOf } from '../server/node.js';
import { done, type Ground, nodeOf, start } from './ground.js';

const SIGKILL_EXIT = 137;
/** Of the database of the first node; a process that is started again has another pid. */
const FIRST_PID = 1000;
const CPU_NS = 10_000;

export function processesOf(ground: Ground): ProcessAbility {
  const pidOf = ({ id, incarnation }: Node) => FIRST_PID + 100 * id + incarnation;
  /** A node that never was has no processes. */
  const known = (name: string) => (ground.names.includes(name) ? nodeOf(ground, name) : undefined);
  return {
    status: (name) =>
      done(() => {
        const node = known(name);
        if (node === undefined || node.process === 'dead') return [];
        const state = node.process === 'stopped' ? 'T' : 'S';
        const startTicks = ticksOf(node.startedNs);
        return [{ pid: pidOf(node), command: 'simulated', state, cpuTicks: node.handled, startTicks }];
      }),
    signal: (name, signal) =>
      done(() => {
        const node = nodeOf(ground, name);
        if (node.process === 'dead') return [];
        const pid = pidOf(node);
        if (signal === 'STOP') node.stop();
        else if (signal === 'CONT') node.continue();
        else {
          node.kill();
          ground.died(node);
        }
        return [pid];
      }),
    exit: (name) => done(() => (nodeOf(ground, name).process === 'dead' ? { code: SIGKILL_EXIT } : undefined)),
    start: (name) => start(ground, nodeOf(ground, name)),
  };
}

export function freezerOf(ground: Ground): FreezerAbility {
  return {
    freeze: (name) => done(() => void (nodeOf(ground, name).frozen = true)),
    thaw: (name) => done(() => nodeOf(ground, name).thaw()),
    frozen: (name) => done(() => nodeOf(ground, name).frozen),
    cpuTimeNs: (name) => done(() => nodeOf(ground, name).handled * CPU_NS),
  };
}
