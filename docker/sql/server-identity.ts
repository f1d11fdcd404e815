import { createHash } from 'node:crypto';
import { bounded } from '../wait.js';
import { StrangerError } from '../system.js';
import type { Target, Wire } from './wire.js';

/**
 * How a server of this run is told from somebody else's at the same address: a setting that it was started with, and
 * that no session can change.
 */
export interface ServerIdentity {
  readonly node: string;
  /** A statement that every server of the product answers in whatever state it serves. */
  readonly question: string;
  /** What a server of this run says, in the last column of the first row. */
  readonly expected: string;
}

/** Name of a run's cluster, of letters, digits and a hyphen. Galera takes 32 characters, PostgreSQL 63. */
export function clusterNameOf(runId: string): string {
  return `faultline-${digestOf(runId).slice(0, 20)}`;
}

/** The same as a UUID, for products that name their clusters so. */
export function clusterUuidOf(runId: string): string {
  const [a, b, c, d, e] = [0, 8, 12, 16, 20, 32].map((from, i, cuts) => digestOf(runId).slice(from, cuts[i + 1]));
  return [a, b, `4${c!.slice(1)}`, `8${d!.slice(1)}`, e].join('-');
}

/** Throws a {@link StrangerError} where the server on the other side does not belong to this run. */
export async function refuseStranger(wire: Wire, { identity, timeoutMs }: Target): Promise<void> {
  if (identity === undefined) return;
  const { node, question, expected } = identity;
  const { rows } = await bounded(wire.send({ text: question, values: [] }), timeoutMs, `asking ${node} whose it is`);
  const found = Object.values(rows[0] ?? {}).at(-1);
  if (found === expected) return;
  const named = found === undefined || found === null || found === '' ? 'none' : String(found);
  throw new StrangerError(node, `cluster ${named}`, expected);
}

function digestOf(runId: string): string {
  return createHash('sha256').update(runId).digest('hex');
}
