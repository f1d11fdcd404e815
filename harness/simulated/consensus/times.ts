const MS = 1e6;

/** Times of the store, ns of the node's monotonic clock. */
export const TIMES = {
  tickNs: 25 * MS,
  heartbeatNs: 75 * MS,
  electionNs: { least: 400 * MS, spread: 400 * MS },
  /** A majority promised not to elect another leader for so long. */
  leaseNs: 390 * MS,
  batchNs: 250 * MS,
  backgroundSyncNs: 1000 * MS,
  snapshotNs: 4000 * MS,
  syncNs: { least: 0.2 * MS, spread: 0.6 * MS },
  reachableNs: 600 * MS,
} as const;
