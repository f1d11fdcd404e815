import type { Backups } from '../cluster.js';
import { CLIENT_PORT } from './admin.js';
import type { ClusterIdentity } from './identity.js';
import { peerOf } from './members.js';

/** From 3.5 on files are the business of a tool of their own; etcdctl still knows how, and warns. */
const TOOL = 'tool=$(command -v etcdutl || command -v etcdctl); export ETCDCTL_API=3';

/**
 * etcd's own procedure (etcd docs, disaster recovery): a snapshot of one member, and from it new members of a new cluster,
 * which know nothing of the old one. A snapshot is of the state that the member has applied: one that lags behind gives an
 * older one, and etcd does not say so.
 */
export function backupsOf(dataPath: string, token: string, identity: ClusterIdentity): Backups {
  return {
    take: () => `${TOOL}
etcdctl --endpoints=http://127.0.0.1:${CLIENT_PORT} snapshot save "$1" >/dev/null
said=$("$tool" snapshot status "$1" --write-out=simple)
echo "hash, revision, keys, size: $said"`,
    restore: (node, all) => {
      const restored = `${token}-${all[0]!.address}`;
      identity.founded(restored, all);
      return `${TOOL}
said=$("$tool" snapshot restore "$1" --name=${node.name} --data-dir=${dataPath}/node \\
  --initial-cluster=${all.map((each) => `${each.name}=${peerOf(each)}`).join(',')} \\
  --initial-cluster-token=${restored} --initial-advertise-peer-urls=${peerOf(node)} 2>&1) || { echo "$said"; exit 1; }
echo "$said" | grep -F 'restored snapshot'`;
    },
  };
}
