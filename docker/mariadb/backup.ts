import type { Backups } from '../cluster.js';
import { DATA_PATH } from './server.js';

const SOCKET = '/tmp/faultline-restore.sock';
const ATTEMPTS = 150;

/**
 * A logical backup of one consistent snapshot (MariaDB knowledge base, mariadb-dump), loaded into a fresh server that no
 * client can reach.
 */
export const backups: Backups = {
  take: () => `mariadb-dump --user=faultline --host=127.0.0.1 --single-transaction --quick --databases faultline > "$1"
tail -n 1 "$1" | grep 'Dump completed'`,
  restore: () => `DATA=${DATA_PATH} /usr/local/bin/start --skip-networking --socket=${SOCKET} >/tmp/server.log 2>&1 &
server=$!
for attempt in $(seq ${ATTEMPTS}); do
  if mariadb-admin --socket=${SOCKET} --user=root ping >/dev/null 2>&1; then break; fi
  sleep 0.2
done
mariadb --socket=${SOCKET} --user=root < "$1" || { tail -n 3 /tmp/server.log; exit 1; }
mariadb --socket=${SOCKET} --user=root --skip-column-names --batch --execute="
  SELECT concat('loaded ', table_name) FROM information_schema.tables WHERE table_schema = 'faultline'"
mariadb-admin --socket=${SOCKET} --user=root shutdown
wait $server
sync`,
};
