import { bounded } from '../wait.js';
import { statement } from './open-postgres.js';
import type { NodeTarget, SqlValue, Target, Wire } from './wire.js';

const TIMEOUT_MS = 700;

/** One question of the harness itself over a connection of its own, bounded in all. Throws the library's error, or a StrangerError. */
export async function ask(
  connect: (target: Target) => Promise<Wire>,
  target: NodeTarget,
  text: string,
  timeoutMs = TIMEOUT_MS,
): Promise<readonly Readonly<Record<string, SqlValue>>[]> {
  const wire = await connect({ ...target, label: 'faultline harness', timeoutMs });
  try {
    return (await bounded(wire.send(statement(text)), timeoutMs, text)).rows;
  } finally {
    wire.destroy();
  }
}
