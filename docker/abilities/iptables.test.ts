import { describe, expect, it } from 'vitest';
import { cutScript, joinScript, parseCounters, rulesLeft, rulesLeftOf } from './iptables.js';

const LISTING = `Chain FAULTLINE-IN (1 references)
    pkts      bytes target     prot opt in     out     source               destination         
      12      720 DROP       all  --  *      *       10.213.4.11          0.0.0.0/0           
       0        0 DROP       all  --  *      *       10.213.4.12          0.0.0.0/0           
Chain FAULTLINE-OUT (1 references)
    pkts      bytes target     prot opt in     out     source               destination         
4294967301      720 DROP       0    --  *      *       0.0.0.0/0            10.213.4.1          
`;

describe('iptables counters', () => {
  it('names the peer by source in the incoming and by destination in the outgoing chain', () => {
    expect(parseCounters(LISTING)).toEqual([
      { chain: 'in', address: '10.213.4.11', packets: 12 },
      { chain: 'in', address: '10.213.4.12', packets: 0 },
      { chain: 'out', address: '10.213.4.1', packets: 4294967301 },
    ]);
  });

  it('ignores chains and rules that are not ours', () => {
    const other = LISTING.replaceAll('FAULTLINE', 'DOCKER');
    expect(parseCounters(other)).toEqual([]);
    expect(parseCounters(LISTING.replaceAll('DROP', 'ACCEPT'))).toEqual([]);
    expect(parseCounters('')).toEqual([]);
  });
});

describe('rules', () => {
  it('adds a rule only where it is not yet, so that counters go on', () => {
    expect(cutScript(['10.0.0.1'], [])).toBe(
      '{ iptables -w 5 -C FAULTLINE-IN -s 10.0.0.1 -j DROP 2>/dev/null || iptables -w 5 -A FAULTLINE-IN -s 10.0.0.1 -j DROP; }',
    );
    expect(cutScript([], ['10.0.0.1'])).toContain('-A FAULTLINE-OUT -d 10.0.0.1 -j DROP');
  });

  it('finds what healing left, and not the jumps into our chains', () => {
    const clean =
      '-P INPUT ACCEPT\n-N FAULTLINE-IN\n-N FAULTLINE-OUT\n-A INPUT -j FAULTLINE-IN\n-A OUTPUT -j FAULTLINE-OUT\n';
    expect(rulesLeft(clean)).toEqual([]);
    const rule = '-A FAULTLINE-OUT -d 10.213.4.1/32 -j DROP';
    expect(rulesLeft(`${clean}${rule}\n`)).toEqual([rule]);
  });
});

describe('rules of some links', () => {
  const listing = [
    '-P INPUT ACCEPT',
    '-A FAULTLINE-IN -s 10.0.0.1/32 -j DROP',
    '-A FAULTLINE-IN -s 10.0.0.2/32 -j DROP',
    '-A FAULTLINE-OUT -d 10.0.0.2/32 -j DROP',
  ].join('\n');

  it('are removed one by one', () => {
    expect(joinScript(['10.0.0.1'], ['10.0.0.9'])).toMatch(/-D FAULTLINE-IN -s 10\.0\.0\.1 -j DROP/);
    expect(joinScript(['10.0.0.1'], ['10.0.0.9'])).toMatch(/-D FAULTLINE-OUT -d 10\.0\.0\.9 -j DROP/);
    expect(joinScript(['10.0.0.1'], [])).not.toContain('-F');
  });

  it('are told from those of other links', () => {
    expect(rulesLeftOf(listing, ['10.0.0.1'], ['10.0.0.1'])).toEqual(['-A FAULTLINE-IN -s 10.0.0.1/32 -j DROP']);
    expect(rulesLeftOf(listing, ['10.0.0.3'], ['10.0.0.2'])).toEqual(['-A FAULTLINE-OUT -d 10.0.0.2/32 -j DROP']);
    expect(rulesLeftOf(listing, [], [])).toEqual([]);
  });
});
