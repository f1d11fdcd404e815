import { SessionError, type Isolation, type SessionOptions, type SqlSession } from '../system.js';
import { isolationAt, openPostgres, roleOf } from './open-postgres.js';
import { postgresDialect } from './postgres-dialect.js';
import { RelationalSession } from './session.js';
import type { Target } from './wire.js';

export interface ReplicatedOptions {
  readonly isolation: Isolation;
  /** Where clients may read: `primary` refuses sessions on a standby. */
  readonly reads: 'primary' | 'standby';
}

/**
 * A session on a node of a replicated PostgreSQL. Its role is asked for once: a standby that is promoted goes on serving
 * the session, and a primary never becomes a standby without ending all connections.
 */
export async function openReplicated(
  target: Omit<Target, 'label' | 'timeoutMs'>,
  { isolation, reads }: ReplicatedOptions,
  { process, timeoutMs }: SessionOptions,
): Promise<SqlSession> {
  const wire = await openPostgres({ ...target, label: `process ${process}`, timeoutMs });
  const role = await roleOf(wire, timeoutMs);
  if (role === 'standby' && reads === 'primary') {
    wire.destroy();
    throw new SessionError('fail', 'not-primary', 'the node is a standby');
  }
  return new RelationalSession(wire, postgresDialect, { isolation: isolationAt(role, isolation), timeoutMs });
}
