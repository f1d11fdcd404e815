import type { Backups } from '../cluster.js';
import { DATA_PATH } from './server.js';

const DIRECTORY = `${DATA_PATH}/node`;
const COPY = '/tmp/faultline-copy';

/**
 * A base backup (PostgreSQL documentation, 26.3): a copy of the files while clients change them, with the log written
 * meanwhile; a server that starts on it replays that log until the copy is consistent, which is the moment at which the
 * backup ended.
 */
export const backups: Backups = {
  take: () => `rm -rf ${COPY}
pg_basebackup --host=127.0.0.1 --username=postgres --pgdata=${COPY} --format=tar --wal-method=fetch --checkpoint=fast \\
  --verbose 2>&1 | grep 'point:' || true
mv ${COPY}/base.tar "$1"
rm -rf ${COPY}
tar -xOf "$1" backup_label >/dev/null`,
  restore: () => `mkdir -p ${DIRECTORY}
tar -xf "$1" -C ${DIRECTORY}
chown -R postgres:postgres ${DIRECTORY}
chmod 700 ${DIRECTORY}
grep 'LOCATION' ${DIRECTORY}/backup_label
touch ${DIRECTORY}.complete
sync`,
};
