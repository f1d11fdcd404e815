/**
 * Kinds of violation from causes to consequences: where several are found in the same operations, the first is what
 * happened and the others are what follows from it. Data that is wrong by itself comes before updates that overwrote each
 * other, these before what readers saw of it, and cycles before the summary that no order explains everything.
 */
const ORDER: readonly (readonly string[])[] = [
  // Somebody saw what was never there, or never to be seen.
  ['thin-air-read', 'unwritten-value', 'unexpected', 'unexpected-transfer', 'altered-transfer', 'future-read'],
  ['aborted-read', 'dirty-read', 'G1a', 'G1b', 'dirty-update', 'torn', 'torn-backup'],
  ['duplicate-elements', 'duplicate-id', 'duplicated', 'incompatible-order', 'cyclic-versions'],
  // What was acknowledged is gone.
  ['lost', 'lost-order', 'lost-by-restore'],
  // Two operations that excluded each other both took effect.
  ['lock-held-twice', 'oversold', 'lost-update', 'G0'],
  ['fencing-token-regression', 'unjustified-refusal', 'impossible-balance', 'impossible-stock', 'G1c'],
  // Sums and bounds that follow from single wrong steps.
  ['wrong-total', 'not-conserved', 'counter-out-of-bounds'],
  ['internal', 'stale-read', 'non-monotonic', 'causal-reverse', 'long-fork'],
  ['monotonic-atomic-view-cycle', 'read-atomic-cycle', 'causal-cycle'],
  ['G-single-item', 'G-single', 'G-cursor'],
  ['G-nonadjacent-item', 'G-nonadjacent', 'write-skew'],
  ['G2-item', 'G2'],
  ['nonlinearizable', 'not-sequential'],
];
const RANKS = new Map(ORDER.flatMap((kinds, rank) => kinds.map((kind) => [kind, rank] as const)));

/** The lower, the nearer to what happened. Kinds that nobody placed are neither causes nor consequences of others. */
export function rankOf(kind: string): number {
  const base = kind.replace(/-(process|realtime)$/, '');
  const rank = RANKS.get(base);
  if (rank === undefined) return /^no-.*-execution$/.test(base) ? ORDER.length : UNPLACED;
  // With session order or real time a cycle says less about the data than without.
  return base === kind ? rank : rank + (kind.endsWith('-process') ? 0.3 : 0.6);
}

const UNPLACED = 3.5;
