/** Made by toolbox/sandbox. */
const CHAIN = 'FAULTLINE-WORK';
const TABLE = /^table (\S+)$/;

/**
 * Prints the counter, every rule of every table that the kernel has, and the queues. Older kernels load a table's module
 * when it is asked for; one that they lack holds no rules.
 */
export const INSPECT_SCRIPT = `
echo 'table counter'
iptables -w 5 -nvxL ${CHAIN} 2>/dev/null
echo 'table filter'
iptables -w 5 -S || exit 1
for table in mangle raw security; do
  echo "table $table"
  iptables -w 5 -t $table -S 2>/dev/null
done
echo 'table filter6'
ip6tables -w 5 -S 2>/dev/null
echo 'table queues'
tc qdisc show 2>/dev/null
true`;

/** Rules and policies of a sandbox in which no fault is in place. */
const OWN_RULES: readonly RegExp[] = [
  /^-P \S+ ACCEPT$/,
  /^-N FAULTLINE-(IN|OUT|WORK)$/,
  /^-A (INPUT -j FAULTLINE-(IN|WORK)|OUTPUT -j FAULTLINE-OUT)$/,
  /^-A FAULTLINE-WORK -s \S+ -p tcp -m tcp --dport \d+ --tcp-flags PSH PSH$/,
];
/** What a device has by itself. */
const USUAL_QUEUE = /^qdisc (noqueue|pfifo_fast|fq_codel|fq|mq) /;

export interface Inspection {
  /** Undefined where the rule that counts is gone. */
  readonly packets: number | undefined;
  readonly strange: readonly string[];
}

/** Reads the output of {@link INSPECT_SCRIPT}. */
export function parseInspection(text: string): Inspection {
  let table = '';
  let packets: number | undefined;
  const strange: string[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [, heading] = TABLE.exec(line) ?? [];
    if (heading !== undefined) table = heading;
    else if (table === 'counter') packets = counted(line) ?? packets;
    else if (line !== '' && !isOwn(table, line)) strange.push(line);
  }
  if (packets === undefined) strange.unshift('the rule that counts what clients send is gone');
  return { packets, strange };
}

/** `pkts bytes [target] prot opt in out source destination …`: the rule has no target, so its third word is a protocol. */
function counted(line: string): number | undefined {
  const [, packets] = /^(\d+)\s+\d+\s+(?:tcp|6)\s.*\bdpt:\d+/.exec(line) ?? [];
  return packets === undefined ? undefined : Number(packets);
}

function isOwn(table: string, line: string): boolean {
  if (table === 'queues') return USUAL_QUEUE.test(line);
  return table === 'filter' ? OWN_RULES.some((rule) => rule.test(line)) : /^-P \S+ ACCEPT$/.test(line);
}
