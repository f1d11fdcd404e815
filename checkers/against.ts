import { atLeast, forbids, modelNamed } from './cycles/lattice.js';
import type { Anomaly, CheckContext } from './checker.js';
import { SHOWN_ANOMALIES } from './verdict.js';

/** What makes an anomaly of a direct checker a violation. */
interface Offence {
  /** The anomaly of transactions that it is a case of: models that forbid that one forbid it. */
  readonly caseOf: string;
  /** Further models that forbid it, the weakest ones. Here the whole store is their one object. */
  readonly models: readonly string[];
}

/**
 * Anomalies that some models allow, by kind. A store in which operations on several keys are atomic is one object, so
 * `sequential` and `linearizable` speak of such operations, too: one order of them all explains every answer.
 */
const OFFENCES: Readonly<Record<string, Offence>> = {
  // w1 → r1 ⇢ w2 → r2 ⇢ w1: two anti-dependencies that are not adjacent. Prefix consistency has one order of commits.
  'long-fork': { caseOf: 'G-nonadjacent-item', models: ['prefix', 'sequential'] },
  G2: { caseOf: 'G2', models: ['sequential'] },
  'G2-item': { caseOf: 'G2-item', models: ['sequential'] },
  'lost-update': { caseOf: 'lost-update', models: ['sequential'] },
  'dirty-read': { caseOf: 'G1a', models: ['sequential'] },
  // The write was acknowledged before the read began, and the read comes before it: w → (time) r ⇢ w.
  'stale-read': { caseOf: 'G-single-item-realtime', models: ['linearizable'] },
  // Seen by an earlier operation of the session: w → r1 → (session) r2 ⇢ w.
  'non-monotonic-process': { caseOf: 'G-single-item-process', models: ['monotonic-reads'] },
  // No single order of operations takes an element out twice.
  duplicated: { caseOf: 'G2', models: ['sequential'] },
};

/** The model that a history is judged against by its name here: asked for, else claimed, else none was named. */
export function modelOf({ consistency, claimed }: CheckContext): string | undefined {
  const name = consistency ?? claimed;
  return name === undefined ? undefined : modelNamed(name);
}

/** Whether the model forbids this kind of anomaly. Without a model, and for kinds that no model allows: yes. */
export function isForbidden(model: string | undefined, kind: string): boolean {
  if (model === undefined || !(kind in OFFENCES)) return true;
  const { caseOf, models } = OFFENCES[kind];
  return forbids(model, caseOf) || models.some((weakest) => atLeast(model, weakest));
}

/** Violations of the model, and what it allows: the first of each, so that what is allowed hides no violation. */
export function judged(
  found: readonly Anomaly[],
  model: string | undefined,
): { readonly anomalies: readonly Anomaly[]; readonly allowed: readonly Anomaly[] } {
  const against = ({ kind }: Anomaly) => isForbidden(model, kind);
  return {
    anomalies: found.filter(against).slice(0, SHOWN_ANOMALIES),
    allowed: found.filter((anomaly) => !against(anomaly)).slice(0, SHOWN_ANOMALIES),
  };
}
