import { execa } from 'execa';
import { type Sabotage, withAbility } from './means.js';
import { RUN_ID } from './run-id.js';

/** Runs something in the sandbox of a node, behind Faultline's back. */
async function inSandbox(node: string, ...command: readonly string[]): Promise<void> {
  await execa('docker', ['exec', `faultline-${RUN_ID}-${node}-sandbox`, ...command]);
}

/** What can be done to pods alone: somebody else's firewall rules, another signal than was asked for. */
export const MACHINE_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a firewall rule of somebody else',
    faults: ['partition:isolate-one'],
    parts: withAbility('network', ({ cut }) => ({
      cut: async (links) => {
        await inSandbox('n2', 'iptables', '-A', 'INPUT', '-p', 'udp', '--dport', '9', '-j', 'DROP');
        await cut(links);
      },
    })),
    ...{ expected: 'inconclusive', says: /somebody else changed the network of n2: -A INPUT -p udp/, only: 'pods' },
  },
  {
    name: 'all firewall rules of a node flushed by somebody else',
    faults: ['kill:one'],
    parts: withAbility('processes', ({ start }) => ({
      start: async (node) => {
        await inSandbox('n2', 'iptables', '-F');
        await start(node);
      },
    })),
    ...{ expected: 'inconclusive', says: /the rule that counts what clients send is gone/, only: 'pods' },
  },
  {
    name: 'counters set back by somebody else',
    faults: ['kill:one'],
    parts: withAbility('processes', ({ start }) => ({
      start: async (node) => {
        await start(node);
        await inSandbox('n2', 'iptables', '-Z');
      },
    })),
    ...{ expected: 'inconclusive', says: /n2 acknowledged \d+ operations, but only|went back from/, only: 'pods' },
  },
  {
    name: 'TERM for KILL',
    faults: ['kill:one'],
    parts: withAbility('processes', ({ signal, status }) => ({
      signal: async (node, name, only) => {
        if (name !== 'KILL') return signal(node, name, only);
        const pids = (await status(node, only)).map(({ pid }) => pid);
        if (pids.length > 0) await inSandbox(node, 'kill', '-TERM', ...pids.map(String));
        return pids;
      },
    })),
    ...{ expected: 'inconclusive', says: /did not bite/, only: 'pods' },
  },
];
