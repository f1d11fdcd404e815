import type { PowerAbility } from '../../../docker/system.js';
import { done, type Ground, nodeOf, start } from './ground.js';

/** Lines of a node's log about what it found when it came up. */
const TOLD = 3;

/** Without power a process is dead, and its disk has what was synced. */
export function powerOf(ground: Ground): PowerAbility {
  return {
    cut: (names) =>
      done(() => {
        for (const node of names.map((name) => nodeOf(ground, name))) {
          node.powered = false;
          node.frozen = false;
          // Nobody is told: the machine that would say so has no power either.
          if (node.process !== 'dead') node.kill('unsynced');
        }
      }),
    restore: async (names) => {
      for (const node of names.map((name) => nodeOf(ground, name))) {
        if (!node.powered) node.mounts++;
        node.powered = true;
      }
      await Promise.all(names.map((name) => start(ground, nodeOf(ground, name))));
    },
    status: (name) => done(() => ({ up: nodeOf(ground, name).powered, mounts: nodeOf(ground, name).mounts })),
    recoveryLog: (name) => done(() => nodeOf(ground, name).lines.slice(-TOLD)),
  };
}
