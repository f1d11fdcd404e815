import { messageOf } from '../../harness/kit/errors.js';
import { SessionError } from '../system.js';
import { classifyConnection } from './connection-errors.js';
import type { Phase } from './dialect.js';

/** Errors of MySQL and MariaDB by number. */
interface KnownError {
  readonly number: number;
  readonly code: string;
  /** What it means in answer to COMMIT. */
  readonly atCommit: 'fail' | 'info';
  readonly because: string;
}

/**
 * Before COMMIT is sent every error is definite: a transaction begun by START TRANSACTION commits for no other reason
 * than COMMIT (statements that would commit implicitly are not among those a session sends), and is rolled back when the
 * connection or the server ends. In answer to COMMIT an error is definite only where the product decides against the
 * transaction. Whatever is not listed is indefinite there.
 */
export const KNOWN_MYSQL_ERRORS: readonly KnownError[] = [
  {
    number: 1213,
    code: 'deadlock',
    atCommit: 'fail',
    because: 'Galera answers a COMMIT so when certification fails, with the same result on every node: rolled back',
  },
  {
    number: 1047,
    code: 'not-in-primary-component',
    atCommit: 'fail',
    because: 'a Galera node outside the primary component refuses the command before it looks at it',
  },
  {
    number: 3101,
    code: 'certification',
    atCommit: 'fail',
    because: 'Group Replication decided in certification, the same on every member, that the transaction rolls back',
  },
  {
    number: 1290,
    code: 'read-only',
    atCommit: 'fail',
    because: 'a server that became read-only checks that before it prepares the commit, and rolls back',
  },
  {
    number: 1836,
    code: 'read-only',
    atCommit: 'fail',
    because: 'a server that became read-only checks that before it prepares the commit, and rolls back',
  },
  {
    number: 3100,
    code: 'group-left',
    atCommit: 'info',
    because: 'the member stopped waiting for the group; the transaction may have been sent to it before',
  },
  {
    number: 1180,
    code: 'error-during-commit',
    atCommit: 'info',
    because: 'Galera lost its group while the transaction was on its way through it',
  },
  {
    number: 1205,
    code: 'lock-timeout',
    atCommit: 'info',
    because: 'said of statements; whether a COMMIT that says so waits in front of its decision is nowhere promised',
  },
  { number: 1020, code: 'record-changed', atCommit: 'info', because: 'said of statements, under snapshot isolation' },
  { number: 1062, code: 'constraint', atCommit: 'info', because: 'said of a statement that inserts or changes a row' },
  { number: 1792, code: 'read-only', atCommit: 'info', because: 'said of statements that write' },
  { number: 1053, code: 'shutdown', atCommit: 'info', because: 'the commit may have come before the shutdown' },
  { number: 1927, code: 'killed', atCommit: 'info', because: 'a connection may be killed while it commits' },
  { number: 1040, code: 'too-many-connections', atCommit: 'info', because: 'answered to a new connection only' },
];

export function classifyMysql(error: unknown, phase: Phase): SessionError {
  const { errno, sqlState } = described(error);
  // Only an error packet of the server has a state of five characters; the client's own errors have none.
  if (typeof errno !== 'number' || errno <= 0 || typeof sqlState !== 'string' || sqlState === '') {
    return classifyConnection(error, phase);
  }
  const known = KNOWN_MYSQL_ERRORS.find(({ number }) => number === errno);
  const definite = phase === 'before-commit' || known?.atCommit === 'fail';
  return new SessionError(definite ? 'fail' : 'info', known?.code ?? `sql-${errno}`, messageOf(error), {
    cause: error,
  });
}

function described(error: unknown): { readonly errno?: unknown; readonly sqlState?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
