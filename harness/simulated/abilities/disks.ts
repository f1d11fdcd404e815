import type { DiskAbility } from '../../../docker/system.js';
import { done, type Ground, nodeOf, start } from './ground.js';

const FREE_BYTES = 2 ** 30;
/** How long a small write takes, and how long somebody waits for one that does not come back. */
const WRITE_NS = 1e6;
const PATIENCE_NS = 1e9;
/** The one file of a node, and about how much an entry takes in it. */
const FILE = 'log';
const ENTRY_BYTES = 128;

/** A database that meets an I/O error ends; one that finds its file damaged does not start. */
export function disksOf(ground: Ground): DiskAbility {
  const { world } = ground;
  const diskOf = (name: string) => nodeOf(ground, name).raft.disk;
  return {
    stall: (name) => done(() => diskOf(name).hold('stalled')),
    fill: (name) => done(() => diskOf(name).hold('no-space')),
    fail: (name) =>
      done(() => {
        const node = nodeOf(ground, name);
        node.raft.disk.fail(() => {
          node.note('input/output error: a sync failed');
          node.kill('nothing');
          ground.died(node);
        });
      }),
    mend: async (name) => {
      const node = nodeOf(ground, name);
      const { disk } = node.raft;
      const { condition } = disk;
      disk.mend();
      if (condition !== 'error') return;
      // Whatever was written and not synced is gone with the disk's cache.
      const ran = node.process !== 'dead';
      node.kill('unsynced');
      if (ran) ground.died(node);
      await start(ground, node);
    },
    probe: (name) => {
      const { condition } = diskOf(name);
      const freeBytes = condition === 'no-space' ? 0 : FREE_BYTES;
      return world.answer((resolve) =>
        world.in(condition === 'stalled' ? PATIENCE_NS : WRITE_NS, () => resolve({ write: condition, freeBytes })),
      );
    },
    corrupt: (name, { kind, file = FILE }) =>
      done(() => {
        const node = nodeOf(ground, name);
        if (node.process !== 'dead') throw new Error(`the database of ${name} runs`);
        if (!FILE.includes(file)) throw new Error(`${name} has no file whose path contains ${file}; it has ${FILE}`);
        const sizeBytes = node.raft.log.length * ENTRY_BYTES;
        node.raft.disk.damage();
        const middle = Math.floor(sizeBytes / 2);
        const change =
          kind === 'bit-flip' ? `bit 0 of byte ${middle} flipped` : `cut from ${sizeBytes} to ${middle} bytes`;
        return { file: FILE, change };
      }),
  };
}
