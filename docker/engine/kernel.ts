import type { Engine } from './engine.js';
import type { Finding } from './doctor.js';
import { runHelper } from './helper.js';

interface Probe {
  readonly name: string;
  /** Shell that succeeds where the kernel can do it. */
  readonly script: string;
  /** What it is for, and so what is lost without it. */
  readonly purpose: string;
}

const PROBES: readonly Probe[] = [
  { name: 'iptables', script: 'iptables -w 5 -A INPUT -s 192.0.2.1 -j DROP', purpose: 'partitions' },
  {
    name: 'statistic match',
    script: 'iptables -w 5 -A INPUT -m statistic --mode random --probability 0.5 -j DROP',
    purpose: 'packet loss',
  },
  { name: 'tc tbf', script: 'tc qdisc add dev lo root tbf rate 1mbit burst 32k latency 400ms', purpose: 'throttling' },
  {
    name: 'tc netem',
    script: 'tc qdisc del dev lo root 2>/dev/null; tc qdisc add dev lo root netem delay 10ms',
    purpose: 'packet delay and reordering',
  },
  {
    name: 'loop devices',
    script: 'truncate -s 320M /tmp/disk && loop=$(losetup -f --show /tmp/disk)',
    purpose: 'disks that lose power, stall or fill up',
  },
  {
    name: 'xfs',
    script: '[ -n "$loop" ] && mkfs.xfs -q "$loop" && mount -t xfs "$loop" /mnt && umount /mnt',
    purpose: 'power loss',
  },
];

/** Tries what faults need of the kernel, in one toolbox container. */
export async function examineKernel(engine: Engine, toolbox: string): Promise<readonly Finding[]> {
  const attempts = PROBES.map(
    ({ script }, i) =>
      `reason=; { ${script}; } 2>/tmp/reason && echo "@${i} ok" || echo "@${i} $(tail -n1 /tmp/reason)"`,
  );
  const script = [
    'trap \'umount /mnt 2>/dev/null; [ -z "$loop" ] || losetup -d "$loop"\' EXIT',
    'export LC_ALL=C',
    ...attempts,
  ].join('\n');
  const spec = { runId: 'doctor', image: toolbox, script, capabilities: ['NET_ADMIN', 'SYS_ADMIN'] };
  const said = await runHelper(engine, { ...spec, devices: 'loop' }, 20_000);
  const answers = new Map([...said.matchAll(/^@(\d+) (.*)$/gm)].map((match) => [Number(match[1]), match[2]!]));
  return PROBES.map(({ name, purpose }, i) => {
    const answer = answers.get(i) ?? 'no answer';
    return answer === 'ok'
      ? { name, status: 'ok', detail: `works in a container; for ${purpose}` }
      : { name, status: 'unavailable', detail: `not available on this kernel, so no ${purpose} (${answer})` };
  });
}
