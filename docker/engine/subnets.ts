/** IPv4 address arithmetic for the networks of runs. */

/** Private /24 networks a run may take, in an order that differs by `start` so that parallel runs seldom collide. */
export function* candidateSubnets(start: number): Generator<string> {
  for (let i = 0; i < 256; i++) yield `10.213.${(start + i) % 256}.0/24`;
  for (let i = 0; i < 256; i++) yield `172.31.${(start + i) % 256}.0/24`;
}

/** The candidates that overlap none of `taken` (CIDRs; what is not IPv4 is ignored). */
export function* freeSubnets(start: number, taken: readonly string[]): Generator<string> {
  const ranges = taken.map(rangeOf).filter((range) => range !== undefined);
  for (const candidate of candidateSubnets(start)) {
    const [first, last] = rangeOf(candidate)!;
    if (!ranges.some(([from, to]) => from <= last && first <= to)) yield candidate;
  }
}

/** The gateway, which is the host: where clients come from. */
export function gatewayOf(subnet: string): string {
  return hostOf(subnet, 1);
}

/** The address of the pod made as number `ordinal` (from 0); a replaced pod takes a new ordinal and so a new address. */
export function podAddress(subnet: string, ordinal: number): string {
  if (ordinal < 0 || ordinal > 243) throw new RangeError(`no address for pod number ${ordinal} in ${subnet}`);
  return hostOf(subnet, 10 + ordinal);
}

export function contains(subnet: string, address: string): boolean {
  const [range, host] = [rangeOf(subnet), rangeOf(address)];
  return range !== undefined && host !== undefined && range[0] <= host[0] && host[1] <= range[1];
}

/** Destinations of the kernel's routing table (/proc/net/route: little-endian hexadecimal), default routes left out. */
export function parseRoutes(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length > 7 && fields[7] !== '00000000')
    .map((fields) => `${dotted(swap(fields[1]!))}/${bits(swap(fields[7]!))}`);
}

function hostOf(subnet: string, host: number): string {
  return dotted(rangeOf(subnet)![0] + host);
}

function rangeOf(cidr: string): readonly [number, number] | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(cidr);
  if (!parts) return undefined;
  const address = parts.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(parts[5] ?? 32));
  const first = address - (address % size);
  return [first, first + size - 1];
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function swap(hex: string): number {
  return parseInt(hex.match(/../g)!.reverse().join(''), 16);
}

function bits(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
