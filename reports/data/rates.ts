import type { EmbeddedReport } from './wire.js';

/** Counts per bucket as operations per second. The last bucket is rarely whole; less than half of one says nothing. */
export function ratesOf(
  { aggregates: { bucketNs, buckets }, durationNs }: Pick<EmbeddedReport, 'aggregates' | 'durationNs'>,
  counts: readonly number[],
): (number | null)[] {
  const lastNs = durationNs - (buckets - 1) * bucketNs;
  return counts.map((count, bucket) => {
    const widthNs = bucket === buckets - 1 ? lastNs : bucketNs;
    return widthNs < bucketNs / 2 ? null : (count / widthNs) * 1e9;
  });
}
