import type { Impairment } from '../system.js';

type Shaping = Exclude<Impairment, { readonly kind: 'loss' }>;

const CHAIN = 'FAULTLINE-LOSS';
/** Of the sandbox. */
const DEVICE = 'eth0';

/** Drops a share of what arrives from these addresses, and counts what it lets pass. */
export function lossScript(
  sources: readonly string[],
  { share }: Extract<Impairment, { kind: 'loss' }>,
): string | undefined {
  if (sources.length === 0) return undefined;
  const rules = sources.flatMap((address) => [
    `iptables -w 5 -A ${CHAIN} -s ${address} -m statistic --mode random --probability ${share} -j DROP`,
    `iptables -w 5 -A ${CHAIN} -s ${address} -j RETURN`,
  ]);
  return [`iptables -w 5 -N ${CHAIN}`, ...rules, `iptables -w 5 -I INPUT 1 -j ${CHAIN}`].join(' && ');
}

/** Sends what goes to these addresses through a queue of its own; everything else passes as before. */
export function impairScript(destinations: readonly string[], impairment: Shaping): string | undefined {
  if (destinations.length === 0) return undefined;
  return [
    `tc qdisc add dev ${DEVICE} root handle 1: htb default 1`,
    `tc class add dev ${DEVICE} parent 1: classid 1:1 htb rate 10gbit quantum 60000`,
    `tc class add dev ${DEVICE} parent 1: classid 1:2 htb rate 10gbit quantum 60000`,
    ...destinations.map(
      (address) => `tc filter add dev ${DEVICE} parent 1: protocol ip u32 match ip dst ${address}/32 flowid 1:2`,
    ),
    `tc qdisc add dev ${DEVICE} parent 1:2 handle 2: ${queueOf(impairment)}`,
  ].join(' && ');
}

function queueOf(impairment: Shaping): string {
  switch (impairment.kind) {
    case 'throttle':
      return `tbf rate ${impairment.kbitPerSecond}kbit burst 8k latency 400ms`;
    case 'delay':
      return `netem delay ${impairment.delayMs}ms ${impairment.jitterMs}ms`;
    case 'reorder':
      return `netem delay ${impairment.delayMs}ms reorder ${100 * (1 - impairment.share)}%`;
    case 'duplicate':
      return `netem duplicate ${100 * impairment.share}%`;
  }
}

/** Succeeds where the kernel can do it. */
export const PROBE_SCRIPTS: Readonly<Record<Impairment['kind'], string>> = {
  loss: `iptables -w 5 -N ${CHAIN}-PROBE && iptables -w 5 -A ${CHAIN}-PROBE -m statistic --mode random --probability 0.5 -j DROP; code=$?; iptables -w 5 -F ${CHAIN}-PROBE; iptables -w 5 -X ${CHAIN}-PROBE; exit $code`,
  throttle: probe('tbf rate 1mbit burst 8k latency 400ms'),
  delay: probe('netem delay 1ms'),
  reorder: probe('netem delay 1ms reorder 50%'),
  duplicate: probe('netem duplicate 1%'),
};

/** On the loopback device, which nobody uses; twice, because the first attempt makes the kernel look for the module. */
function probe(queue: string): string {
  const attempt = `tc qdisc add dev lo root ${queue}`;
  return `export LC_ALL=C; ${attempt} 2>/dev/null || ${attempt}; code=$?; tc qdisc del dev lo root 2>/dev/null; exit $code`;
}

/** Fails when something of it is left. */
export const RESTORE_SCRIPT = `
while iptables -w 5 -D INPUT -j ${CHAIN} 2>/dev/null; do :; done
iptables -w 5 -F ${CHAIN} 2>/dev/null; iptables -w 5 -X ${CHAIN} 2>/dev/null
tc qdisc show dev ${DEVICE} | grep -q 'htb 1: root' && tc qdisc del dev ${DEVICE} root
if iptables -w 5 -S | grep -- '${CHAIN}' >&2; then exit 1; fi
if tc qdisc show dev ${DEVICE} | grep htb >&2; then exit 1; fi
true`;

export const COUNTERS_SCRIPT = `
iptables -w 5 -nvxL ${CHAIN} 2>/dev/null
tc -s qdisc show dev ${DEVICE} | grep -A 2 ' 2: parent 1:2'
true`;

/**
 * Lines of the chain: `pkts bytes target …`, DROP and RETURN; of the queue: its name, then `Sent 1 bytes 2 pkt (dropped 3,
 * overlimits 4 requeues 5)`. A queue that delays or doubles packets does so to all that it sent.
 */
export function parseTraffic(text: string): { readonly packets: number; readonly hit: number } {
  let [packets, hit] = [0, 0];
  for (const line of text.split('\n')) {
    const [, count, target] = /^\s*(\d+)\s+\d+\s+(DROP|RETURN)\s/.exec(line) ?? [];
    if (count === undefined) continue;
    if (target === 'DROP') hit += Number(count);
    else packets += Number(count);
  }
  const [, queue] = /qdisc (\S+) 2: parent/.exec(text) ?? [];
  const [, sent, dropped, overlimits] = /Sent \d+ bytes (\d+) pkt \(dropped (\d+), overlimits (\d+)/.exec(text) ?? [];
  if (queue !== undefined && sent !== undefined) {
    packets += Number(sent);
    hit += queue === 'netem' ? Number(sent) : Number(dropped) + Number(overlimits);
  }
  return { packets, hit };
}

export function roundTripScript(address: string, port: number): string {
  return `began=$(date +%s%N)
answer=$(timeout 5 bash -c "exec 3<>/dev/tcp/${address}/${port}" 2>&1)
case "$?:$answer" in 0:*|*refused*) echo "rtt $(awk -v a=$began -v b=$(date +%s%N) 'BEGIN { print (b - a) / 1e6 }')";; esac`;
}

/** Datagrams to the discard port, each on a socket of its own: a refusal of one must not keep the next from leaving. */
export function sendScript(address: string, packets: number): string {
  return `for i in $(seq ${packets}); do head -c 1400 /dev/zero > /dev/udp/${address}/9; done 2>/dev/null; true`;
}
