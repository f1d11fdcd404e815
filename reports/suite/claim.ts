import type { Claim } from '../../harness/suite/suite.js';

/** The claim in words. */
export function claimSentence({ runs, violations, upperBound: bound }: Claim): string {
  if (runs === 0) return 'no run came to a verdict: nothing can be said';
  const share = `${(bound * 100).toFixed(bound < 0.1 ? 1 : 0)} %`;
  const counted = `${violations} of ${runs} runs violated`;
  if (violations === 0) return `${counted}; at 95 % confidence at most ${share} of such runs would (rule of three)`;
  return `${counted}; at 95 % confidence at most ${share} of such runs do`;
}
