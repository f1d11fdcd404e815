import { messageOf } from '../../harness/kit/errors.js';
import { SessionError } from '../system.js';
import { classifyConnection } from './connection-errors.js';
import type { Phase } from './dialect.js';

/** Errors of PostgreSQL and its kin by SQLSTATE (five characters, or a class of two). */
interface KnownError {
  readonly state: string;
  readonly code: string;
  /** What it means in answer to COMMIT. */
  readonly atCommit: 'fail' | 'info';
  readonly because: string;
}

/**
 * Before COMMIT is sent every error is definite: PostgreSQL commits an open transaction for no other reason, and rolls it
 * back when the connection or the server ends. In answer to COMMIT an error is definite only where it is raised before
 * the commit record is written. Whatever is not listed is indefinite there.
 */
export const KNOWN_POSTGRES_ERRORS: readonly KnownError[] = [
  {
    state: '40001',
    code: 'serialization-failure',
    atCommit: 'fail',
    because: 'conflicts are checked before the commit record is written; CockroachDB asks for a restart by it',
  },
  {
    state: '40P01',
    code: 'deadlock',
    atCommit: 'fail',
    because: 'the victim of a deadlock waits for a lock, so it has not begun to commit',
  },
  {
    state: '40003',
    code: 'ambiguous',
    atCommit: 'info',
    because: 'statement completion unknown: CockroachDB says by it that a commit may or may not have happened',
  },
  {
    state: '23',
    code: 'constraint',
    atCommit: 'fail',
    because: 'deferred constraints are checked before the commit record is written',
  },
  {
    state: '25006',
    code: 'read-only',
    atCommit: 'info',
    because: 'refused when a statement wants to write, which COMMIT does not',
  },
  {
    state: '57P01',
    code: 'shutdown',
    atCommit: 'info',
    because: 'a backend that waits for its standby after the local commit is ended with it, too',
  },
  { state: '57P02', code: 'crash', atCommit: 'info', because: 'the commit record may have been written before' },
  { state: '57P03', code: 'starting', atCommit: 'info', because: 'answered to a new connection only' },
  { state: '53300', code: 'too-many-connections', atCommit: 'info', because: 'answered to a new connection only' },
  { state: '55P03', code: 'lock-timeout', atCommit: 'info', because: 'COMMIT takes no locks that it could be about' },
  { state: '25P03', code: 'idle-too-long', atCommit: 'info', because: 'said of a transaction left open' },
];

export function classifyPostgres(error: unknown, phase: Phase): SessionError {
  const { code: state, severity } = described(error);
  // SQLSTATE is what makes an error the server's; the client's own have names such as ECONNRESET.
  if (typeof state !== 'string' || !/^[0-9A-Z]{5}$/.test(state) || typeof severity !== 'string') {
    return classifyConnection(error, phase);
  }
  const known = KNOWN_POSTGRES_ERRORS.find((entry) => state.startsWith(entry.state));
  const code = known?.code ?? `sql-${state}`;
  // FATAL and PANIC end the backend at any point, also behind the commit record.
  const definite = phase === 'before-commit' || (severity === 'ERROR' && known?.atCommit === 'fail');
  return new SessionError(definite ? 'fail' : 'info', code, messageOf(error), { cause: error });
}

function described(error: unknown): { readonly code?: unknown; readonly severity?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
