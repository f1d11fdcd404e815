import type { Attempt } from '../../harness/suite/suite.js';
import { inline } from '../text.js';

/** `3 of 4 (kill 1, partition 2)`: the faults of some attempts that bit, of those that were injected. */
export function faultsText(attempts: readonly Attempt[]): string {
  const sum = (which: 'injected' | 'effective') => attempts.reduce((total, { faults }) => total + faults[which], 0);
  if (sum('injected') === 0) return 'none';
  const kinds = new Map<string, number>();
  for (const [kind, count] of attempts.flatMap(({ faults }) => Object.entries(faults.kinds ?? {}))) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  const names = [...kinds].sort().map(([kind, count]) => `${inline(kind, 40)} ${count}`);
  return `${sum('effective')} of ${sum('injected')}${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
}
