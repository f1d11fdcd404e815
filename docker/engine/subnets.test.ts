import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateSubnets, freeSubnets, gatewayOf, parseRoutes, podAddress } from './subnets.js';

const first = (start: number, taken: readonly string[]) => freeSubnets(start, taken).next().value;

describe('free subnets', () => {
  it('begin where asked and skip what is taken, whatever its size', () => {
    expect(first(4, [])).toBe('10.213.4.0/24');
    expect(first(4, ['10.213.4.7/32'])).toBe('10.213.5.0/24');
    expect(first(4, ['10.213.4.0/22'])).toBe('10.213.8.0/24');
    expect(first(255, ['10.213.255.128/25'])).toBe('10.213.0.0/24');
    expect(first(9, ['10.0.0.0/8'])).toBe('172.31.9.0/24');
    expect([...freeSubnets(0, ['10.0.0.0/8', '172.16.0.0/12'])]).toEqual([]);
  });

  it('ignore what is not IPv4', () => {
    expect(first(0, ['fd00::2/64', '', 'nonsense'])).toBe('10.213.0.0/24');
  });

  it('never overlap a taken one', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const taken = fc.array(
      fc.tuple(octet, fc.integer({ min: 9, max: 32 })).map(([third, bits]) => `10.213.${third}.0/${bits}`),
    );
    fc.assert(
      fc.property(octet, taken, (start, cidrs) => {
        for (const free of freeSubnets(start, cidrs)) {
          const prefix = free.replace('0/24', '');
          expect(cidrs.some((cidr) => Number(cidr.split('/')[1]) >= 24 && cidr.startsWith(prefix))).toBe(false);
        }
      }),
      { numRuns: 100 },
    );
    expect(new Set(candidateSubnets(77)).size).toBe(512);
  });
});

describe('the address plan', () => {
  it('keeps the gateway and the pods apart', () => {
    expect(gatewayOf('10.213.4.0/24')).toBe('10.213.4.1');
    expect(podAddress('10.213.4.0/24', 0)).toBe('10.213.4.10');
    expect(podAddress('10.213.4.0/24', 6)).toBe('10.213.4.16');
    expect(() => podAddress('10.213.4.0/24', 244)).toThrow('no address for pod number 244');
  });
});

describe('/proc/net/route', () => {
  it('gives destinations, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'br0\t0004D50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      '',
    ].join('\n');
    expect(parseRoutes(table)).toEqual(['172.17.0.0/16', '10.213.4.0/24']);
  });
});
