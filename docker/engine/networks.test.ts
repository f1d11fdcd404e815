import { describe, expect, it } from 'vitest';
import { isHere } from './networks.js';
import { contains } from './subnets.js';

const address = (ip: string) => [{ address: ip }] as never;

describe('a network of an engine', () => {
  it('is within reach where its gateway is an address of this machine, on its own bridge', () => {
    expect(isHere('br-0123456789ab', '10.213.4.1', { 'br-0123456789ab': address('10.213.4.1') })).toBe(true);
    expect(isHere('br-0123456789ab', '10.213.4.1', { podman1: address('10.213.4.1') })).toBe(true);
  });

  it('is out of reach where nobody here has its gateway, or only another network’s bridge', () => {
    expect(isHere('br-0123456789ab', '10.213.4.1', { eth0: address('192.168.1.5') })).toBe(false);
    expect(isHere('br-0123456789ab', '10.213.4.1', { 'br-ba9876543210': address('10.213.4.1') })).toBe(false);
    expect(isHere('br-0123456789ab', '10.213.4.1', {})).toBe(false);
  });

  it('contains the addresses of its pods and no others', () => {
    expect(contains('10.213.4.0/24', '10.213.4.10')).toBe(true);
    for (const outside of ['10.213.5.10', '127.0.0.1', '10.213.4.0/16', 'example.org', '']) {
      expect(contains('10.213.4.0/24', outside)).toBe(false);
    }
  });
});
