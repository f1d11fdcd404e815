import type { Outcome } from '../../harness/run/plan.js';
import { Icon, type IconName } from '../sections/icon.js';

export type ShownOutcome = Outcome | 'not-run' | 'running' | 'damaged';

const SHOWN: Readonly<Record<ShownOutcome, { readonly icon: IconName; readonly word: string; readonly mark: string }>> =
  {
    valid: { icon: 'valid', word: 'valid', mark: '✓' },
    invalid: { icon: 'invalid', word: 'invalid', mark: '✗' },
    inconclusive: { icon: 'unknown', word: 'inconclusive', mark: '?' },
    'harness-error': { icon: 'trouble', word: 'harness error', mark: '!' },
    'not-run': { icon: 'unknown', word: 'not run', mark: '–' },
    damaged: { icon: 'trouble', word: 'damaged', mark: '!' },
    running: { icon: 'unknown', word: 'running', mark: '…' },
  };

/** An outcome as shape and word. */
export function OutcomeMark({ outcome, note }: { outcome: ShownOutcome; note?: string }) {
  const { icon, word } = SHOWN[outcome];
  return (
    <span class={`outcome ${outcome}`}>
      <Icon name={icon} />
      {word}
      {note !== undefined && <small>{note}</small>}
    </span>
  );
}

/** An outcome in a crowded table: a sign, with the words for those who cannot see colours or hover. */
export function outcomeSign(outcome: ShownOutcome): { readonly mark: string; readonly word: string } {
  return SHOWN[outcome];
}
