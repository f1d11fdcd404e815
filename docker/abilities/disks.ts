import type { Agent } from '../engine/agent.js';
import { FILL } from '../engine/disk-files.js';
import { startDatabase, type Pod } from '../engine/pods.js';
import type { Damage, DiskAbility } from '../system.js';
import { bounded } from '../wait.js';
import { isUp, kill } from './power.js';
import { SandboxWatch } from './sandbox-watch.js';

const TIMEOUT_MS = 15_000;
/** A file for trying a write, and how long that may take. */
const PROBE = '.faultline-probe';
const PROBE_SECONDS = 1;

/** Faults on a node's own XFS file system, from the agent, which has it mounted too. */
export function diskAbility(podOf: (node: string) => Pod, agent: Agent): DiskAbility {
  const pathOf = (node: string) => agent.pathOf(podOf(node).node);
  const watch = new SandboxWatch();
  return {
    stall: async (node) => {
      watch.begin(podOf(node), () => agent.attempt(`fsfreeze -u ${pathOf(node)}`));
      await agent.run(`fsfreeze -f ${pathOf(node)}`);
    },
    fill: async (node) => void (await agent.run(fillScript(pathOf(node)))),
    fail: async (node) => void (await agent.run(`xfs_io -x -c shutdown ${pathOf(node)}`)),
    mend: (node) => {
      watch.end(node);
      return mend(podOf(node), agent);
    },
    probe: async (node) => readProbe((await agent.attempt(probeScript(pathOf(node)))).stdout),
    corrupt: (node, damage) => corrupt(podOf(node), agent, damage),
  };
}

/** All at once, then what is left in ever smaller pieces, until a single block is refused. */
function fillScript(path: string): string {
  const file = `${path}/${FILL}`;
  return `
size=$(df --output=avail -B4096 ${path} | tail -n1); size=$((size * 4096)); at=0
while [ "$size" -ge 4096 ]; do
  if fallocate -o $at -l $size ${file} 2>/dev/null; then at=$((at + size)); else size=$((size / 8192 * 4096)); fi
done
true`;
}

/** Thaws, frees, and where the file system is dead gives the database a living one: killed, mounted again, started. */
async function mend(pod: Pod, agent: Agent): Promise<void> {
  const path = agent.pathOf(pod.node);
  await agent.attempt(`fsfreeze -u ${path}; rm -f ${path}/${FILL} ${path}/${PROBE}`);
  if (!(await isUp(agent, pod.node))) {
    await kill(pod);
    await agent.attempt(`umount ${path}`);
    await agent.mount(pod.node);
  }
  const { State } = await bounded(pod.database.inspect(), TIMEOUT_MS, `inspecting ${pod.node}`);
  // Many a database ends by itself when it cannot write.
  if (!State.Running) await startDatabase(pod, TIMEOUT_MS);
}

/** A write that waits for a frozen file system cannot even be killed: it is left behind, and cleans up when it wakes. */
function probeScript(path: string): string {
  const file = `${path}/${PROBE}`;
  return `
export LC_ALL=C
result=$(mktemp)
( dd if=/dev/zero of=${file} bs=4096 count=4 conv=fsync; code=$?; rm -f ${file}; echo "code $code" ) >$result 2>&1 &
for i in $(seq ${10 * PROBE_SECONDS}); do grep -q '^code' $result && break; sleep 0.1; done
cat $result
echo "free $(df --output=avail -B1 ${path} 2>/dev/null | tail -n1)"`;
}

type Probed = Awaited<ReturnType<DiskAbility['probe']>>;

function readProbe(said: string): Probed {
  const code = /^code (\d+)$/m.exec(said)?.[1];
  const freeBytes = Number(/^free +(\d+)$/m.exec(said)?.[1] ?? 0);
  if (code === undefined) return { write: 'stalled', freeBytes };
  if (code === '0') return { write: 'ok', freeBytes };
  return { write: /No space left/.test(said) ? 'no-space' : 'error', freeBytes };
}

async function corrupt(pod: Pod, agent: Agent, { kind, file = '' }: Damage) {
  const { State } = await bounded(pod.database.inspect(), TIMEOUT_MS, `inspecting ${pod.node}`);
  if (State.Running) throw new Error(`${pod.node}: the database runs; a file of it is damaged only when it is down`);
  const change = kind === 'truncate' ? TRUNCATE : FLIP;
  const said = await agent.run(`
cd ${agent.pathOf(pod.node)}
file=$(find . -type f -size +0 -printf '%T@ %p\\n' | grep -F -- ${quoted(file)} | sort -rn | head -n1 | cut -d' ' -f2-)
[ -n "$file" ] || { echo "no file with ${file || 'any name'}" >&2; exit 1; }
size=$(stat -c %s "$file")
${change}
sync -f .
echo "file $file"`);
  const [, done] = /^done (.*)$/m.exec(said) ?? [];
  const [, path] = /^file \.\/(.*)$/m.exec(said) ?? [];
  if (done === undefined || path === undefined) throw new Error(`${pod.node}: nothing was damaged: ${said.trim()}`);
  return { file: path, change: done };
}

const TRUNCATE = `truncate -s $((size / 2)) "$file" && echo "done cut from $size to $((size / 2)) bytes"`;

/**
 * The middle one of the bytes that are not zero: in a file made long beforehand, its middle may never be read. Two looks
 * at blocks, for such files are large.
 */
const FLIP = String.raw`
perl -e '
  open(F, "+<", $ARGV[0]) or die "$!\n"; binmode F;
  my ($size, $total, @counts) = (65536, 0);
  while (read(F, my $block, $size)) { my $count = ($block =~ tr/\0//c); push @counts, $count; $total += $count; }
  die "$ARGV[0] is all zeros\n" unless $total;
  my ($left, $at) = (int($total / 2), 0);
  while ($left >= $counts[$at]) { $left -= $counts[$at++]; }
  seek(F, $at * $size, 0); read(F, my $block, $size);
  my $offset = 0;
  for (;; $offset++) { next if substr($block, $offset, 1) eq "\0"; last if $left-- == 0; }
  my $byte = ord(substr($block, $offset, 1));
  seek(F, $at * $size + $offset, 0); print F chr($byte ^ 1); close F;
  printf "done bit 0 of byte %d of %d flipped, %d to %d\n", $at * $size + $offset, -s $ARGV[0], $byte, $byte ^ 1;
' "$file"`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
