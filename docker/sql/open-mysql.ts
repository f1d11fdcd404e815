import type { Isolation } from '../system.js';
import { bounded } from '../wait.js';
import { classifyConnecting } from './connection-errors.js';
import { MYSQL_LEVELS } from './mysql-dialect.js';
import { classifyMysql } from './mysql-errors.js';
import { connectMysql } from './mysql-wire.js';
import type { Target, Wire } from './wire.js';

/**
 * Connects for a session and sets what holds for all its transactions: the isolation level, and further settings. Throws
 * a definite SessionError: nothing of a transaction was sent; or a StrangerError.
 */
export async function openMysql(
  target: Target,
  isolation: Isolation,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Wire> {
  let wire: Wire | undefined;
  try {
    wire = await connectMysql(target);
    const assignments = Object.entries(settings).map(([name, value]) => `SET SESSION ${name} = ${value}`);
    for (const text of [`SET SESSION TRANSACTION ISOLATION LEVEL ${MYSQL_LEVELS[isolation]}`, ...assignments]) {
      await bounded(wire.send({ text, values: [] }), target.timeoutMs, text);
    }
    return wire;
  } catch (error) {
    wire?.destroy();
    throw classifyConnecting(error, classifyMysql(error, 'before-commit'));
  }
}
