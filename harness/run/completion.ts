import { SessionError } from '../../docker/system.js';
import type { Completion } from '../history/operation.js';
import { messageOf } from '../kit/errors.js';

/** A client broke its contract: an error of Faultline or of a plug-in, never of the database. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

/** Refuses an answer that is none, so that a defect of a client cannot pass for an observation. */
export function checkedCompletion(answer: unknown, f: string): Completion {
  const { type, value, error } = (answer ?? {}) as { type?: unknown; value?: unknown; error?: unknown };
  const proper =
    type === 'ok'
      ? value !== undefined && error === undefined
      : (type === 'fail' || type === 'info') && typeof error === 'string' && error !== '';
  if (proper) return answer as Completion;
  throw new MalformedAnswer(
    `a client answered ${JSON.stringify(answer) ?? 'nothing'} to "${f}", which is no completion`,
  );
}

/**
 * What a thrown error says about the operation. Only a {@link SessionError} that argues for it is a `fail`: whatever
 * else went wrong, the request may have arrived.
 */
export function completionOf(error: unknown): Completion {
  if (error instanceof SessionError) return { type: error.outcome, error: described(error.code, error) };
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return { type: 'info', error: described(typeof code === 'string' ? code : String(name ?? 'error'), error) };
}

/** `code: message`, on one line. */
export function described(code: string, error: unknown): string {
  const message = messageOf(error).replace(/\s+/g, ' ').trim().slice(0, 300);
  return message === '' || message === code ? code : `${code}: ${message}`;
}
