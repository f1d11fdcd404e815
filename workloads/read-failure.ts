import { messageOf } from '../harness/kit/errors.js';

/**
 * Error text of a step that only read: `read-timeout: …`. A read changes nothing, so an operation that broke off in
 * its reading step certainly did not happen, whatever became of the request.
 */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error';
  return `read-${code}: ${messageOf(error)}`;
}
