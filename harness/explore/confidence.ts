/** A share that was observed, and between which bounds the true one is, by all likelihood. */
export interface Share {
  readonly times: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

/** 95 % of the standard normal distribution are within. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval (1927) at 95 %: unlike the textbook's interval it is of use for few trials and for shares near
 * 0 and 1.
 */
export function shareOf(times: number, of: number): Share {
  if (of === 0) return { times, of, low: 0, high: 1 };
  const share = times / of;
  const spread = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  const centre = share + (Z * Z) / (2 * of);
  // At the ends rounding must not leave the bound beside the share itself.
  const low = times === 0 ? 0 : (centre - spread) / scale;
  const high = times === of ? 1 : (centre + spread) / scale;
  return { times, of, low, high };
}

/** `3 of 5 attempts (60 %, 95 % confidence: 23 to 88 %)` */
export function shareText({ times, of, low, high }: Share): string {
  const percent = (share: number) => String(Math.round(100 * share));
  const attempts = of === 1 ? 'attempt' : 'attempts';
  return `${times} of ${of} ${attempts} (${percent(times / of)} %, 95 % confidence: ${percent(low)} to ${percent(high)} %)`;
}
