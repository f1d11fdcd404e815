import { messageOf } from '../../harness/kit/errors.js';
import { TimeoutError } from '../wait.js';
import { SessionError, StrangerError } from '../system.js';
import type { Phase } from './dialect.js';

/** Whatever the statement: nobody knows what became of the transaction. Every other code is a failure before COMMIT. */
export const INDEFINITE_SQL = ['timeout', 'commit-lost', 'not-replicated'] as const;

/** The connection is closed on our side: nothing was sent. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

/**
 * What went wrong on the way to the server or back.
 *
 * A connection lost before COMMIT was sent is definite: the server ends the transaction with the connection, and nobody
 * is left who could send the COMMIT. Lost afterwards, it is not: the server may have committed and died before it
 * answered. A timeout is never called definite, although before COMMIT it would be: whoever was not answered in time
 * should begin anew as somebody else.
 */
export function classifyConnection(error: unknown, phase: Phase): SessionError {
  const as = (outcome: 'fail' | 'info', code: string) =>
    new SessionError(outcome, code, messageOf(error), { cause: error });
  if (error instanceof TimeoutError) return as('info', 'timeout');
  if (error instanceof ClosedError) return as('fail', 'closed');
  return phase === 'before-commit' ? as('fail', 'connection-lost') : as('info', 'commit-lost');
}

/**
 * While connecting nothing of a transaction was sent yet, so every failure is definite. A stranger's answer is none of the
 * session's: it stays what it is.
 */
export function classifyConnecting(error: unknown, refusal: SessionError): SessionError | StrangerError {
  if (error instanceof StrangerError) return error;
  const as = (code: string) => new SessionError('fail', code, messageOf(error), { cause: error });
  if (error instanceof TimeoutError) return as('connect-timeout');
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { readonly code?: unknown };
  if (code === 'ECONNREFUSED') return as('refused');
  if (code === 'ETIMEDOUT') return as('connect-timeout');
  return as(refusal.code);
}
