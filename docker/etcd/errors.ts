import { messageOf } from '../../harness/kit/errors.js';
import { SessionError } from '../system.js';

/** etcd's own refusals, by the text of the gateway's `error` field. Whatever is not listed is indefinite. */
interface KnownError {
  readonly text: string;
  readonly code: string;
  readonly outcome: 'fail' | 'info';
  readonly because: string;
}

/**
 * A refusal is definite only where etcd's server checks before it proposes anything to raft, so that nothing was
 * written or sent to another node. The same entry is used for reads and writes.
 */
export const KNOWN_ERRORS: readonly KnownError[] = [
  {
    text: 'etcdserver: too many requests',
    code: 'too-many-requests',
    outcome: 'fail',
    because: 'checked before the proposal: committed entries run too far ahead of applied ones',
  },
  {
    text: 'etcdserver: request is too large',
    code: 'too-large',
    outcome: 'fail',
    because: 'the size is checked before the proposal',
  },
  {
    text: 'etcdserver: duplicate key given in txn request',
    code: 'invalid',
    outcome: 'fail',
    because: 'the request is validated before anything else',
  },
  {
    text: 'etcdserver: too many operations in txn request',
    code: 'invalid',
    outcome: 'fail',
    because: 'the request is validated before anything else',
  },
  {
    text: 'etcdserver: key is not provided',
    code: 'invalid',
    outcome: 'fail',
    because: 'the request is validated before anything else',
  },
  {
    text: 'raft proposal dropped',
    code: 'proposal-dropped',
    outcome: 'fail',
    because:
      'answered by the local raft instance before the entry is appended or forwarded (no leader known, or leadership being handed over); a proposal dropped on another node gives a timeout instead',
  },
  {
    text: 'etcdserver: no leader',
    code: 'no-leader',
    outcome: 'info',
    because:
      'refused up front for requests that demand a leader, but also what becomes of waiting ones when the leader is lost',
  },
  {
    text: 'etcdserver: leader changed',
    code: 'leader-changed',
    outcome: 'info',
    because: 'the request was under way when leadership moved',
  },
  {
    text: 'etcdserver: request timed out',
    code: 'server-timeout',
    outcome: 'info',
    because: 'proposed, and may yet be committed; also the prefix of “…, possibly due to …”',
  },
  {
    text: 'etcdserver: server stopped',
    code: 'stopped',
    outcome: 'info',
    because: 'the server stopped while it waited for a proposal',
  },
  {
    text: 'etcdserver: mvcc: database space exceeded',
    code: 'no-space',
    outcome: 'info',
    because: 'a quota overrun is reported together with a put that was applied',
  },
  {
    text: 'context deadline exceeded',
    code: 'server-timeout',
    outcome: 'info',
    because: 'the deadline may pass after the proposal was handed over',
  },
];

/** An error in the gateway's answer: a status that is not 200, with `error` in its JSON body. */
export function classifyAnswer(status: number, body: string): SessionError {
  const text = errorText(body) ?? `HTTP ${status}`;
  const known = KNOWN_ERRORS.find((error) => text === error.text || text.startsWith(`${error.text},`));
  return known
    ? new SessionError(known.outcome, known.code, text)
    : new SessionError('info', 'server-error', text.slice(0, 200));
}

/**
 * What went wrong on the way.
 *
 * Definite are only the two ways in which a connection never came about: refused while connecting, and not accepted in
 * time; the client writes a request only into a connection that stands, and gives up all that wait for one that does
 * not. Counterexample to anything bolder: a connection kept open from before dies with its node; the client writes the
 * request into it, the node's kernel answers with a reset – or the node took the request, committed it and died before
 * it answered. Both look the same here (`other side closed`), and so neither is definite.
 */
export function classifyFailure(error: unknown): SessionError {
  const { code, name, syscall } = describe(error);
  const message = messageOf(error);
  const as = (outcome: 'fail' | 'info', short: string) => new SessionError(outcome, short, message, { cause: error });
  // Elsewhere than in connect(2) the same code may be a late ICMP answer to a request already sent.
  if (code === 'ECONNREFUSED' && syscall === 'connect') return as('fail', 'refused');
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return as('fail', 'connect-timeout');
  if (name === 'TimeoutError') return as('info', 'timeout');
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') return as('info', 'reset');
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return as('info', 'closed');
  if (name === 'MalformedAnswer' || error instanceof SyntaxError) return as('info', 'malformed');
  return as('info', 'unknown');
}

interface Described {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly syscall?: unknown;
}

function describe(error: unknown): Described {
  return typeof error === 'object' && error !== null ? error : {};
}

function errorText(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { readonly error?: unknown; readonly message?: unknown };
    const text = parsed.error ?? parsed.message;
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}
