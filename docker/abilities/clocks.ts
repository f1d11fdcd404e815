import type { ClusterPlan } from '../cluster.js';
import { clockEnvironment, clockFileOf } from '../engine/clocks.js';
import { execOk } from '../engine/exec.js';
import type { Pod } from '../engine/pods.js';
import type { ClockAbility, ClusterNode } from '../system.js';
import { bounded } from '../wait.js';

const TIMEOUT_MS = 10_000;
/** A drifting clock is set anew so often; the library looks at its file once a second. */
const STEP_SECONDS = 0.2;
const PID_FILE = '/run/faultline-drift';

/**
 * Clocks by libfaketime: a file in the pod says how far the time is off, and every process of the database reads it about
 * once a second. The library can run at a rate, but counts from the start of each process; a drift is therefore an offset
 * that grows, written by a loop in the sandbox, which ends with the pod.
 */
export function clockAbility(podOf: (node: string) => Pod, time: NonNullable<ClusterPlan['time']>): ClockAbility {
  return {
    set: async (node, { offsetMs, rate }) => void (await inSandbox(podOf(node), setScript(node, offsetMs, rate))),
    reset: async (node) => void (await inSandbox(podOf(node), setScript(node, 0, 1))),
    offsetMs: (node) => offsetMs(podOf(node), time),
  };
}

function setScript(node: string, offsetMs: number, rate: number): string {
  const file = clockFileOf(node);
  // In one step: a file half written would be no time at all.
  const write = `printf '%+.6f\\n' "$offset" > ${file}.new && mv ${file}.new ${file}`;
  const stop = `[ -e ${PID_FILE} ] && kill "$(cat ${PID_FILE})" 2>/dev/null; rm -f ${PID_FILE}`;
  const once = `offset=${offsetMs / 1000}; ${write}`;
  if (rate === 1) return `${stop}\n${once}`;
  const grow = `offset=$(awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.6f", ${offsetMs / 1000} + (b - a) * ${rate - 1} }')`;
  const loop = `began=$(date +%s.%N); while :; do ${grow}; ${write}; sleep ${STEP_SECONDS}; done`;
  return `${stop}\n${once}\nsetsid sh -c '${loop.replaceAll("'", `'\\''`)}' >/dev/null 2>&1 & echo $! > ${PID_FILE}`;
}

function inSandbox(pod: Pod, script: string): Promise<string> {
  return execOk(pod.sandbox, ['sh', '-c', script], TIMEOUT_MS);
}

/** As the database tells it, or as any process with the same library and file would see it. */
async function offsetMs(pod: Pod, time: NonNullable<ClusterPlan['time']>): Promise<number> {
  if (time !== 'libc') {
    const node: ClusterNode = { name: pod.node, address: pod.address };
    const before = Date.now();
    const told = await bounded(time(node), TIMEOUT_MS, `asking ${pod.node} for the time`);
    return told - (before + Date.now()) / 2;
  }
  const environment = Object.entries(clockEnvironment(pod.node)).map(([name, value]) => `${name}=${value}`);
  const script = `date +%s.%N; env ${environment.join(' ')} date +%s.%N`;
  const [real, seen] = (await inSandbox(pod, script)).trim().split('\n').map(Number);
  const difference = (seen! - real!) * 1000;
  if (Number.isNaN(difference)) throw new Error(`${pod.node}: the clock cannot be read`);
  return difference;
}
