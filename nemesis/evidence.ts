import { CLIENTS, type Link, type NetworkAbility, type ProcessStatus } from '../docker/system.js';
import type { Evidence } from '../harness/history/faults.js';

export type Dropped = Awaited<ReturnType<NetworkAbility['dropped']>>;
export type Probed = Awaited<ReturnType<NetworkAbility['probe']>>;

/** Two endpoints between which something is cut. */
export interface CutPair {
  readonly name: string;
  /** The directions that are cut: one or two. */
  readonly cut: readonly Link[];
  /** Connections to try, in and out of the fault. */
  readonly probes: readonly Link[];
  /**
   * How many of the cut directions must have dropped packets. A probe's SYN runs into every direction that is cut
   * between two nodes, because each side probes. Clients only ever call: nothing need leave a node for them as long as
   * their SYN never arrives, so with both directions cut one of them is enough.
   */
  readonly dropsNeeded: number;
}

/**
 * The pairs of a grudge. A connection needs both directions, so a one-way cut fails it from either side: where the SYN
 * passes, its answer is dropped. It is therefore probed along the cut, where the SYN itself must be dropped and
 * counted. Nothing connects *to* clients; they are probed from their own side whichever direction is cut.
 */
export function cutPairs(links: readonly Link[]): readonly CutPair[] {
  const pairs = new Map<string, Link[]>();
  for (const link of links) {
    const name = [link.from, link.to].sort((a, b) => order(a, b)).join('–');
    pairs.set(name, [...(pairs.get(name) ?? []), link]);
  }
  return [...pairs].map(([name, links]) => {
    const cut = [...links].sort((a, b) => order(a.from, b.from));
    const client = cut[0].from === CLIENTS || cut[0].to === CLIENTS;
    const node = cut[0].from === CLIENTS ? cut[0].to : cut[0].from;
    return client
      ? { name, cut, probes: [{ from: CLIENTS, to: node }], dropsNeeded: 1 }
      : { name, cut, probes: cut, dropsNeeded: cut.length };
  });
}

const order = (a: string, b: string): number =>
  Number(b === CLIENTS) - Number(a === CLIENTS) || a.localeCompare(b, 'en', { numeric: true });

/** Packets that the pair's cut dropped between two readings of the counters. */
export function droppedEvidence({ name, cut, dropsNeeded }: CutPair, before: Dropped, after: Dropped): Evidence {
  const counts = cut.map((link) => ({ link, packets: packetsOn(link, after) - packetsOn(link, before) }));
  const expected = dropsNeeded === cut.length ? 'more than 0 in each direction cut' : 'more than 0 in one direction';
  return {
    what: `dropped packets ${name}`,
    expected: cut.length === 1 ? 'more than 0' : expected,
    measured: counts.map(({ link, packets }) => `${arrow(link)} ${packets}`).join(', '),
    bit: counts.filter(({ packets }) => packets > 0).length >= dropsNeeded,
  };
}

/** Nothing was cut beyond what was asked: a one-way cut that goes both ways is another fault. */
export function sparedEvidence(pairs: readonly CutPair[], before: readonly Link[], now: Dropped): Evidence {
  const asked = [...before, ...pairs.flatMap(({ cut }) => cut)];
  const extra = now.filter((rule) => !asked.some((link) => same(link, rule)));
  return {
    what: 'all other links',
    expected: 'not cut',
    measured: extra.length === 0 ? 'not cut' : `cut: ${extra.map(arrow).join(', ')}`,
    bit: extra.length === 0,
  };
}

/** New connections across the pair fail while it is cut. */
export function severedEvidence({ name, probes }: CutPair, probed: Probed): Evidence {
  return {
    what: `new connections ${name}`,
    expected: 'fail',
    measured: probes.map((link) => `${arrow(link)} ${answer(link, probed)}`).join(', '),
    bit: probes.every((link) => reachableOn(link, probed) === false),
  };
}

/** New connections across the pair succeed again, and no rule of it is left. */
export function rejoinedEvidence({ name, cut, probes }: CutPair, probed: Probed, rules: Dropped): Evidence {
  const leftover = rules.filter((rule) => cut.some((link) => same(rule, link)));
  const answers = probes.map((link) => `${arrow(link)} ${answer(link, probed)}`);
  const left = leftover.map((rule) => `${arrow(rule)} is still cut`);
  return {
    what: `new connections ${name} after healing`,
    expected: 'succeed, no rule left',
    measured: [...answers, ...left].join(', '),
    bit: leftover.length === 0 && probes.every((link) => reachableOn(link, probed) === true),
  };
}

/** The database's processes as the node had them: a pid alone may be given to another process. */
const sameProcess = (a: ProcessStatus) => (b: ProcessStatus) => a.pid === b.pid && a.startTicks === b.startTicks;

/** Of the processes before, those that still live. A zombie is dead: it only waits for its parent to notice. */
export function survivors(before: readonly ProcessStatus[], now: readonly ProcessStatus[]): readonly ProcessStatus[] {
  return now.filter((process) => process.state !== 'Z' && before.some(sameProcess(process)));
}

export interface Ending {
  readonly before: readonly ProcessStatus[];
  readonly now: readonly ProcessStatus[];
  readonly exit: { readonly code: number } | undefined;
}

const SIGKILL_EXIT = 137;

/** The killed processes are gone, and they ended by the signal (unless a supervisor has already replaced them). */
export function killedEvidence(node: string, { before, now, exit }: Ending): readonly Evidence[] {
  const left = survivors(before, now);
  const replaced = now.filter((process) => process.state !== 'Z' && !before.some(sameProcess(process)));
  const gone: Evidence = {
    what: `processes of ${node}`,
    expected: `${pids(before)} gone`,
    measured: before.length === 0 ? 'none was running' : left.length === 0 ? 'gone' : `${pids(left)} still there`,
    bit: before.length > 0 && left.length === 0,
  };
  const ended: Evidence = {
    what: `end of ${node}`,
    expected: `exit code ${SIGKILL_EXIT} (SIGKILL)`,
    measured:
      exit !== undefined
        ? `exit code ${exit.code}`
        : replaced.length > 0
          ? `replaced by ${pids(replaced)}`
          : 'no exit seen',
    bit: exit !== undefined ? exit.code === SIGKILL_EXIT : gone.bit && replaced.length > 0,
  };
  return [gone, ended];
}

/** Something runs, none of it is stopped, and none of it is a process that should be gone. */
export function runningEvidence(
  node: string,
  now: readonly ProcessStatus[],
  killed: readonly ProcessStatus[] = [],
): Evidence {
  const old = survivors(killed, now);
  const alive = now.filter(({ state }) => state !== 'Z');
  const stopped = alive.filter(isStopped);
  return {
    what: `processes of ${node} after healing`,
    expected: killed.length > 0 ? `running, started after tick ${latestStart(killed)}` : 'running, none stopped',
    measured:
      alive.length === 0
        ? 'none'
        : alive.map((p) => `pid ${p.pid} ${p.state}, started at tick ${p.startTicks}`).join('; '),
    bit: alive.length > 0 && stopped.length === 0 && old.length === 0,
  };
}

/** Every process of the node was in state T at both looks and used no CPU in between. */
export function stoppedEvidence(
  node: string,
  first: readonly ProcessStatus[],
  second: readonly ProcessStatus[],
): Evidence {
  const earlier = (process: ProcessStatus) => first.find(sameProcess(process));
  const still = (process: ProcessStatus) =>
    isStopped(process) && earlier(process)?.state === 'T' && earlier(process)?.cpuTicks === process.cpuTicks;
  const shown = second.map((process) => {
    const ticks = process.cpuTicks - (earlier(process)?.cpuTicks ?? 0);
    return `pid ${process.pid} ${earlier(process)?.state ?? 'new'} then ${process.state}, ${ticks} ticks used`;
  });
  return {
    what: `process state of ${node}`,
    expected: 'T, no CPU ticks in between',
    measured: shown.length === 0 ? 'no process' : shown.join('; '),
    bit: second.length > 0 && second.length === first.length && second.every(still),
  };
}

/** A look at a pod's freezer and its CPU clock. */
export interface FreezerReading {
  readonly frozen: boolean;
  readonly cpuTimeNs: number;
}

/** The pod was frozen at both looks and used no CPU time in between. */
export function frozenEvidence(node: string, first: FreezerReading, second: FreezerReading): Evidence {
  const usedNs = second.cpuTimeNs - first.cpuTimeNs;
  const shown = ({ frozen }: FreezerReading) => (frozen ? 'frozen' : 'not frozen');
  return {
    what: `freezer of ${node}`,
    expected: 'frozen, no CPU time in between',
    measured: `${shown(first)} then ${shown(second)}, ${usedNs} ns used`,
    bit: first.frozen && second.frozen && usedNs === 0,
  };
}

export function thawedEvidence(node: string, frozen: boolean): Evidence {
  return {
    what: `freezer of ${node} after healing`,
    expected: 'not frozen',
    measured: frozen ? 'frozen' : 'not frozen',
    bit: !frozen,
  };
}

export const isStopped = ({ state }: ProcessStatus): boolean => state === 'T';

const latestStart = (processes: readonly ProcessStatus[]): number =>
  Math.max(...processes.map(({ startTicks }) => startTicks));
const pids = (processes: readonly ProcessStatus[]): string =>
  processes.length === 0 ? 'pids' : `pid ${processes.map(({ pid }) => pid).join(', ')}`;
const same = (a: Link, b: Link): boolean => a.from === b.from && a.to === b.to;
const arrow = ({ from, to }: Link): string => `${from}→${to}`;
const packetsOn = (link: Link, counts: Dropped): number => counts.find((entry) => same(entry, link))?.packets ?? 0;
const reachableOn = (link: Link, probed: Probed): boolean | undefined =>
  probed.find((entry) => same(entry, link))?.reachable;

function answer(link: Link, probed: Probed): string {
  const reachable = reachableOn(link, probed);
  return reachable === undefined ? 'not probed' : reachable ? 'succeeded' : 'failed';
}
