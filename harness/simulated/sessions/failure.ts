import { SessionError } from '../../../docker/system.js';

/** Without a stack: it would lead into the heap of events, and taking it costs as much as the whole operation. */
export function failure(...given: ConstructorParameters<typeof SessionError>): SessionError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new SessionError(...given);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
