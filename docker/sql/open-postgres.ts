import { SessionError, type Isolation } from '../system.js';
import { classifyConnecting } from './connection-errors.js';
import { classifyPostgres } from './postgres-errors.js';
import { connectPostgres } from './postgres-wire.js';
import type { Statement, Target, Wire } from './wire.js';

/** Connects for a session. Throws a definite {@link SessionError}: nothing of a transaction was sent. */
export async function openPostgres(target: Target): Promise<Wire> {
  try {
    return await connectPostgres(target);
  } catch (error) {
    throw classifyConnecting(error, classifyPostgres(error, 'before-commit'));
  }
}

/** What a new session of a replicated PostgreSQL finds at its node. */
export interface Role {
  readonly kind: 'primary' | 'standby';
}

/** Asks a node on a fresh connection whether it is a standby; the connection ends where that cannot be found out. */
export async function roleOf(wire: Wire): Promise<Role['kind']> {
  try {
    const { rows } = await wire.send(statement('SELECT pg_is_in_recovery() AS standby'));
    return rows[0]?.['standby'] === 1 ? 'standby' : 'primary';
  } catch (error) {
    wire.destroy();
    const { code, message } = classifyPostgres(error, 'before-commit');
    throw new SessionError('fail', code, message, { cause: error });
  }
}

/** A hot standby has no serializable transactions: it refuses their first statement. */
export function isolationAt(role: Role['kind'], wanted: Isolation): Isolation {
  return role === 'standby' && wanted === 'serializable' ? 'repeatable-read' : wanted;
}

export function statement(text: string): Statement {
  return { text, values: [] };
}
