import { isForbidden } from './against.js';
import type { Anomaly } from './checker.js';
import { atLeast, modelNamed } from './cycles/lattice.js';

/**
 * Whether a violation contradicts a consistency model: by the models that it rules out, over the lattice; where it names
 * none, by the anomaly of transactions that its kind is a case of. What no model allows (an acknowledged element that is
 * lost) contradicts them all.
 */
export function contradicts(anomaly: Anomaly, claimed: string): boolean {
  const { rulesOut = [] } = anomaly;
  const model = known(claimed);
  if (model === undefined) return true;
  const named = rulesOut.flatMap((name) => known(name) ?? []);
  if (named.some((weakest) => atLeast(model, weakest))) return true;
  return named.length === 0 && isForbidden(model, offenceOf(anomaly));
}

/** What nobody has to show who promises no real-time order: a reader that is late explains it. */
const ONLY_LATE = new Set(['frozen', 'unjustified-refusal', 'causal-reverse']);

/** The anomaly by the name that says which models forbid it. */
function offenceOf({ kind, details }: Anomaly): string {
  if (kind === 'non-monotonic') return details?.['scope'] === 'process' ? 'non-monotonic-process' : 'stale-read';
  return ONLY_LATE.has(kind) ? 'stale-read' : kind;
}

/** Whether one of these models promises all that `claimed` does. */
export function covers(models: readonly string[], claimed: string): boolean {
  const model = known(claimed);
  return model !== undefined && models.flatMap((name) => known(name) ?? []).some((name) => atLeast(name, model));
}

function known(name: string): string | undefined {
  try {
    return modelNamed(name);
  } catch {
    return undefined;
  }
}
