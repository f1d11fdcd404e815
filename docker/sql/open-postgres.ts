import type { Isolation } from '../system.js';
import { bounded } from '../wait.js';
import { classifyConnecting } from './connection-errors.js';
import { classifyPostgres } from './postgres-errors.js';
import { connectPostgres } from './postgres-wire.js';
import type { Statement, Target, Wire } from './wire.js';

/** Connects for a session. Throws a definite SessionError: nothing of a transaction was sent; or a StrangerError. */
export async function openPostgres(target: Target): Promise<Wire> {
  try {
    return await connectPostgres(target);
  } catch (error) {
    throw classifyConnecting(error, classifyPostgres(error, 'before-commit'));
  }
}

export type Role = 'primary' | 'standby';

/** Asks a node on a fresh connection whether it is a standby; the connection ends where that cannot be found out. */
export async function roleOf(wire: Wire, timeoutMs: number): Promise<Role> {
  try {
    const question = wire.send(statement('SELECT pg_is_in_recovery() AS standby'));
    const { rows } = await bounded(question, timeoutMs, 'asking for the role');
    return rows[0]?.['standby'] === 1 ? 'standby' : 'primary';
  } catch (error) {
    wire.destroy();
    throw classifyConnecting(error, classifyPostgres(error, 'before-commit'));
  }
}

/** The rest of the session's transactions are committed without waiting for a disk. */
export async function commitAtOnce(wire: Wire, timeoutMs: number): Promise<void> {
  try {
    await bounded(wire.send(statement('SET synchronous_commit = off')), timeoutMs, 'SET synchronous_commit');
  } catch (error) {
    wire.destroy();
    throw classifyConnecting(error, classifyPostgres(error, 'before-commit'));
  }
}

/** A hot standby has no serializable transactions: it refuses their first statement. */
export function isolationAt(role: Role, wanted: Isolation): Isolation {
  return role === 'standby' && wanted === 'serializable' ? 'repeatable-read' : wanted;
}

export function statement(text: string): Statement {
  return { text, values: [] };
}
