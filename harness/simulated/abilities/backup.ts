import { createHash } from 'node:crypto';
import type { Backup, BackupAbility, RestoredNode } from '../../../docker/system.js';
import type { Entry } from '../consensus/log.js';
import type { Node } from '../server/node.js';
import { type Ground, nodeOf, start } from './ground.js';
import { eventually, leading, stop } from './membership.js';

/** From the beginning of a backup until the state is fixed, and from then until it is written. */
const TAKING_NS = { before: 40e6, after: 60e6 };

interface Kept {
  readonly entries: readonly Entry[];
  readonly sha256: string;
}

/** What was decided, entry by entry; from it all nodes are made again, as members of one cluster. */
export function backupsOf(ground: Ground): BackupAbility {
  let kept: Kept | undefined;
  let destroyed: readonly { readonly node: Node; readonly address: string; readonly volume: string }[] = [];
  let restored: readonly RestoredNode[] | undefined;
  return {
    async take(name) {
      const node = nodeOf(ground, name);
      await upToDate(ground, node);
      await pause(ground, TAKING_NS.before);
      if (!node.runs) throw new Error(`${name} does not run`);
      const entries = node.raft.log.from(1, node.raft.log.commit);
      const text = JSON.stringify(entries);
      kept = { entries, sha256: createHash('sha256').update(text).digest('hex') };
      await pause(ground, TAKING_NS.after);
      const said = [`${entries.length} entries`];
      return { node: name, sizeBytes: text.length, sha256: kept.sha256, said } satisfies Backup;
    },
    async destroy() {
      restored = undefined;
      destroyed = ground.listed().map((node) => ({ node, address: ground.address(node), volume: ground.volume(node) }));
      for (const { node } of destroyed) stop(ground, node);
      return destroyed.map(({ node, address, volume }) => {
        const filesErased = node.raft.log.length;
        node.raft.wipe();
        return { node: ground.names[node.id], address, volume, filesErased, filesLeft: node.raft.log.last };
      });
    },
    async restore() {
      if (restored !== undefined || destroyed.length === 0) return restored ?? [];
      if (kept === undefined) throw new Error('there is no backup to restore from');
      const { entries, sha256 } = kept;
      const members = destroyed.map(({ node }) => node.id);
      for (const { node } of destroyed) {
        node.powered = true;
        node.raft.restore(entries, members);
        ground.move(node, 'wiped');
      }
      await Promise.all(destroyed.map(({ node }) => start(ground, node)));
      restored = destroyed.map(({ node, address, volume }) => ({
        node: ground.names[node.id],
        from: { address, volume },
        to: { address: ground.address(node), volume: ground.volume(node) },
        sha256,
        said: [`${entries.length} entries restored`],
      }));
      return restored;
    },
  };
}

/** The node has applied all that was decided when it was asked: a member that lags behind gives an old backup. */
async function upToDate(ground: Ground, node: Node): Promise<void> {
  const decided = await eventually(ground, 'nobody leads', () => {
    const leader = leading(ground);
    return leader === undefined || leader.raft.isUnsettled ? undefined : leader.raft.log.commit;
  });
  const trouble = `${ground.names[node.id]} lags behind`;
  await eventually(ground, trouble, () => node.raft.log.commit >= decided || undefined);
}

function pause({ world }: Ground, forNs: number): Promise<void> {
  return world.answer((resolve) => world.in(forNs, () => resolve()));
}
