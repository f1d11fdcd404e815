import { expect, it } from 'vitest';
import { parseInspection } from './work-scripts.js';

const OWN = `table counter
Chain FAULTLINE-WORK (1 references)
    pkts      bytes target     prot opt in     out     source               destination
     678    91234            tcp  --  *      *       10.1.0.1             0.0.0.0/0            tcp dpt:2379 flags:0x08/0x08
table filter
-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-N FAULTLINE-IN
-N FAULTLINE-OUT
-N FAULTLINE-WORK
-A INPUT -j FAULTLINE-IN
-A INPUT -j FAULTLINE-WORK
-A OUTPUT -j FAULTLINE-OUT
-A FAULTLINE-WORK -s 10.1.0.1/32 -p tcp -m tcp --dport 2379 --tcp-flags PSH PSH
table mangle
-P PREROUTING ACCEPT
table raw
table security
table filter6
-P INPUT ACCEPT
table queues
qdisc noqueue 0: dev lo root refcnt 2
qdisc noqueue 0: dev eth0 root refcnt 2
`;

it('reads the counter, and finds nothing strange in a sandbox as it is made', () => {
  expect(parseInspection(OWN)).toEqual({ packets: 678, strange: [] });
});

it('reads protocols that are printed as numbers', () => {
  expect(parseInspection(OWN.replace(' tcp  --', ' 6    --')).packets).toBe(678);
});

it.each([
  ['-A INPUT -p tcp -m tcp --dport 2379 -j DROP', 'table mangle'],
  ['-A FAULTLINE-IN -s 10.1.0.3/32 -j DROP', 'table mangle'],
  ['-P INPUT DROP', 'table mangle'],
  ['-A FAULTLINE-WORK -j DROP', 'table mangle'],
  ['-A PREROUTING -j DROP', 'table raw'],
  ['-A INPUT -j DROP', 'table queues'],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 loss 5%', 'nothing'],
])('names what somebody else did: %s', (line, before) => {
  const text = before === 'nothing' ? `${OWN}${line}\n` : OWN.replace(before, `${line}\n${before}`);
  expect(parseInspection(text).strange).toEqual([line]);
});

it('tells that nobody counts any more', () => {
  const flushed = OWN.replace(/^ +678.*\n/m, '').replace(/^-A FAULTLINE-WORK.*\n/m, '');
  expect(parseInspection(flushed)).toEqual({
    packets: undefined,
    strange: ['the rule that counts what clients send is gone'],
  });
});
