/** Chains of the sandbox, made by toolbox/sandbox. */
export const CHAINS = { in: 'FAULTLINE-IN', out: 'FAULTLINE-OUT' } as const;
export type Chain = keyof typeof CHAINS;

export interface DropCounter {
  readonly chain: Chain;
  /** The peer whose packets are dropped: the source in `in`, the destination in `out`. */
  readonly address: string;
  readonly packets: number;
}

/** A script that drops everything from `sources` and to `destinations`; rules that are there already stay, with their counters. */
export function cutScript(sources: readonly string[], destinations: readonly string[]): string {
  return rulesOf(sources, destinations)
    .map((rule) => `{ iptables -w 5 -C ${rule} 2>/dev/null || iptables -w 5 -A ${rule}; }`)
    .join(' && ');
}

/** A script that removes these rules, where they are there, and then lists what is left. */
export function joinScript(sources: readonly string[], destinations: readonly string[]): string {
  const removals = rulesOf(sources, destinations).map(
    (rule) => `while iptables -w 5 -C ${rule} 2>/dev/null; do iptables -w 5 -D ${rule} || exit 1; done`,
  );
  return [...removals, 'iptables -w 5 -S'].join('\n');
}

function rulesOf(sources: readonly string[], destinations: readonly string[]): readonly string[] {
  return [
    ...sources.map((address) => `${CHAINS.in} -s ${address} -j DROP`),
    ...destinations.map((address) => `${CHAINS.out} -d ${address} -j DROP`),
  ];
}

/** A script that removes every rule and then lists what is left. */
export const HEAL_SCRIPT = `${Object.values(CHAINS)
  .map((chain) => `iptables -w 5 -F ${chain}`)
  .join(' && ')} && iptables -w 5 -S`;

/** Rules of ours in the output of `iptables -S`. */
export function rulesLeft(listing: string): readonly string[] {
  return listing.split('\n').filter((line) => /^-A FAULTLINE-(IN|OUT) /.test(line));
}

/** Rules that drop everything from one of `sources` or to one of `destinations`, in the output of `iptables -S`. */
export function rulesLeftOf(
  listing: string,
  sources: readonly string[],
  destinations: readonly string[],
): readonly string[] {
  const gone = rulesOf(sources, destinations).map((rule) => `-A ${rule.replace(/ (-[sd]) (\S+)/, ' $1 $2/32')}`);
  return rulesLeft(listing).filter((line) => gone.includes(line));
}

export const COUNTERS_SCRIPT = Object.values(CHAINS)
  .map((chain) => `iptables -w 5 -nvxL ${chain}`)
  .join(' && ');

/**
 * Counters in the output of {@link COUNTERS_SCRIPT}: after a line `Chain <name> (…)` and a heading, one rule a line:
 * `pkts bytes target prot opt in out source destination`.
 */
export function parseCounters(listing: string): readonly DropCounter[] {
  const counters: DropCounter[] = [];
  let chain: Chain | undefined;
  for (const line of listing.split('\n')) {
    const heading = /^Chain (\S+)/.exec(line);
    if (heading) chain = heading[1] === CHAINS.in ? 'in' : heading[1] === CHAINS.out ? 'out' : undefined;
    const fields = line.trim().split(/\s+/);
    if (chain === undefined || fields[2] !== 'DROP') continue;
    const address = (chain === 'in' ? fields[7] : fields[8])?.replace(/\/32$/, '');
    if (address !== undefined) counters.push({ chain, address, packets: Number(fields[0]) });
  }
  return counters;
}
