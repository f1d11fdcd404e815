import { describe, expect, it } from 'vitest';
import { isHere } from './networks.js';
import { contains } from './subnets.js';

const address = (ip: string) => [{ address: ip }] as never;

describe('a network of an engine', () => {
  // Whatever machine this is, all of 127.0.0.0/8 is an address of it, and 192.0.2.0/24 is nobody's.
  it('is within reach where its gateway is an address of this machine', async () => {
    expect(await isHere('br-0123456789ab', '127.4.0.1', {})).toBe(true);
    expect(await isHere('br-0123456789ab', '127.4.0.1', { 'br-0123456789ab': address('127.4.0.1') })).toBe(true);
    expect(await isHere('br-0123456789ab', '127.4.0.1', { podman1: address('127.4.0.1') })).toBe(true);
  });

  it('is out of reach where nobody here has its gateway, or another network’s bridge has', async () => {
    expect(await isHere('br-0123456789ab', '192.0.2.1', {})).toBe(false);
    expect(await isHere('br-0123456789ab', '127.4.0.1', { 'br-ba9876543210': address('127.4.0.1') })).toBe(false);
  });

  it('contains the addresses of its pods and no others', () => {
    expect(contains('10.213.4.0/24', '10.213.4.10')).toBe(true);
    for (const outside of ['10.213.5.10', '127.0.0.1', '10.213.4.0/16', 'example.org', '']) {
      expect(contains('10.213.4.0/24', outside)).toBe(false);
    }
  });
});
