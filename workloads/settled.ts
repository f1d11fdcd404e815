import { SessionError } from '../docker/system.js';
import type { Json } from '../harness/history/operation.js';

/**
 * Two looks at what only grows, before and after another one, have to be the same: below snapshot isolation each
 * statement of a transaction sees its own moment, and a late commit between two of them (of a client that gave up) would
 * look as if the database had torn a transaction apart. A difference is definite: it is only a read, and asked again.
 */
export function settled(before: Json, after: Json): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  throw new SessionError('fail', 'unsettled', 'something was committed while everything was read; read it again');
}
