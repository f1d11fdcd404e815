import { SessionError } from '../docker/system.js';

/**
 * A row that the set-up made is not there: on a replica that lags behind, or after a loss. Definite: thrown inside a
 * transaction it rolls that back, so nothing happened.
 */
export function missingRow(table: string, key: string): SessionError {
  return new SessionError('fail', 'missing-row', `table ${table} has no row ${key}`);
}
