import { SessionError, type Isolation, type SessionOptions, type SqlSession } from '../system.js';
import { commitAtOnce, isolationAt, openPostgres, roleOf } from './open-postgres.js';
import { postgresDialect } from './postgres-dialect.js';
import { RelationalSession } from './session.js';
import type { NodeTarget } from './wire.js';

export interface ReplicatedOptions {
  readonly isolation: Isolation;
  /** Where clients may read: `primary` refuses sessions on a standby. */
  readonly reads: 'primary' | 'standby';
  /** Whether this session's COMMIT is answered, and shows, before it is on any disk; by default it waits. */
  readonly commits?: 'waiting' | 'at-once';
}

/**
 * A session on a node of a replicated PostgreSQL. Its role is asked for once: a standby that is promoted goes on serving
 * the session, and a primary never becomes a standby without ending all connections.
 */
export async function openReplicated(
  target: NodeTarget,
  { isolation, reads, commits = 'waiting' }: ReplicatedOptions,
  { process, timeoutMs }: SessionOptions,
): Promise<SqlSession> {
  const wire = await openPostgres({ ...target, label: `process ${process}`, timeoutMs });
  const role = await roleOf(wire, timeoutMs);
  if (role === 'standby' && reads === 'primary') {
    wire.destroy();
    throw new SessionError('fail', 'not-primary', 'the node is a standby');
  }
  if (commits === 'at-once') await commitAtOnce(wire, timeoutMs);
  return new RelationalSession(wire, postgresDialect, { isolation: isolationAt(role, isolation), timeoutMs });
}
