import { describe, expect, it } from 'vitest';
import { impairScript, lossScript, parseTraffic } from './traffic-scripts.js';

describe('traffic', () => {
  it('counts packets dropped and let through by the firewall', () => {
    const listing = `Chain FAULTLINE-LOSS (1 references)
    pkts      bytes target     prot opt in     out     source               destination
      12      720 DROP       0    --  *      *       10.213.4.11          0.0.0.0/0            statistic mode random probability 0.2
      48     2880 RETURN     0    --  *      *       10.213.4.11          0.0.0.0/0
       3      180 DROP       0    --  *      *       10.213.4.12          0.0.0.0/0            statistic mode random probability 0.2
      10      600 RETURN     0    --  *      *       10.213.4.12          0.0.0.0/0`;
    expect(parseTraffic(listing)).toEqual({ packets: 58, hit: 15 });
  });

  it('counts what a queue held back', () => {
    const listing = `qdisc tbf 2: parent 1:2 rate 256Kbit burst 8Kb lat 400ms
 Sent 52318 bytes 412 pkt (dropped 7, overlimits 388 requeues 0)`;
    expect(parseTraffic(listing)).toEqual({ packets: 412, hit: 395 });
  });

  it('counts every packet that was delayed', () => {
    const listing = `qdisc netem 2: parent 1:2 limit 1000 delay 50ms
 Sent 52318 bytes 412 pkt (dropped 0, overlimits 0 requeues 0)`;
    expect(parseTraffic(listing)).toEqual({ packets: 412, hit: 412 });
  });

  it('is zero where nothing is in place', () => expect(parseTraffic('')).toEqual({ packets: 0, hit: 0 }));

  it('touches only the links asked for', () => {
    expect(lossScript([], { kind: 'loss', share: 0.2 })).toBeUndefined();
    expect(lossScript(['10.0.0.2'], { kind: 'loss', share: 0.2 })).toContain('-s 10.0.0.2 -m statistic');
    expect(impairScript([], { kind: 'throttle', kbitPerSecond: 64 })).toBeUndefined();
    expect(impairScript(['10.0.0.2'], { kind: 'throttle', kbitPerSecond: 64 })).toContain('match ip dst 10.0.0.2/32');
  });
});
