import { z } from 'zod';
import type { ClockAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo, ofEachNode } from './active-fault.js';
import { boundsOf, eachNode, eventually, onEach, type Bounds } from './bounded.js';
import type { ActiveFault, Nemesis, NemesisContext } from './nemesis.js';
import { choose, fitting, strategy, TARGETS, type Target } from './targets.js';

/** A jump shifts a clock at once; a drift lets it run too fast or too slow. */
type Wrong = 'jump' | 'drift';

const CLOCKS: Readonly<Record<string, Target & { readonly wrong: Wrong }>> = Object.fromEntries(
  (['jump', 'drift'] as const).flatMap((wrong) =>
    Object.entries(TARGETS).map(([name, target]) => [`${wrong}-${name}`, { ...target, wrong }]),
  ),
);

const options = z.strictObject({
  offsetMs: z.number().optional().describe('of a jump; by default one of ±3 s, ±30 s, ±10 min by the fault’s number'),
  rate: z.number().positive().optional().describe('of a drift; by default 2, 0.5, 1.2 or 0.8 by the fault’s number'),
});

/** Lets the clocks of nodes jump or drift; healing sets them right. */
export const clock: Nemesis = {
  name: 'clock',
  summary: 'lets the clocks of nodes jump (jump-…), or run too fast or too slow (drift-…)',
  needs: ['clocks'],
  targets: Object.keys(CLOCKS),
  targetsFor: ({ nodes }) => fitting(CLOCKS, nodes),
  minNodes: 1,
  options,
  inject,
};

/** Around the timeouts of leases and elections, and far beyond them. */
const JUMPS_MS = [3_000, -3_000, 30_000, -30_000, 600_000, -600_000];
const RATES = [2, 0.5, 1.2, 0.8];
/** A clock that is right; asking takes its time. */
const RIGHT_MS = 300;
/** A drift has to show beyond what asking twice may be wrong. */
const DRIFTED_MS = 20;
/** A node may look at its clock's error only once a second. */
const STALE_MS = 1_100;

interface Reading {
  readonly offsetMs: number;
  readonly timeNs: number;
}

async function inject(request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const bounds = boundsOf(context);
  const clocks = abilityOf(context.cluster, 'clocks', 'clock');
  const setting = settingOf(request);
  const { nodes, leadersBefore, evidence } = await choose(CLOCKS, request, context);
  const before = await onEach(nodes, bounds, (node) => read(clocks, node, bounds));
  const reset = async () => void (await onEach(nodes, bounds, (node) => clocks.reset(node)));
  await injectOrUndo(bounds, () => eachNode(nodes, (node) => clocks.set(node, setting)), reset);
  const first = nodes.map((node, at) => shifted(clocks, node, before[at].offsetMs + setting.offsetMs, bounds));
  for (const seen of first) seen.catch(() => undefined);
  const wrong = setting.rate === 1 ? `set ${signed(setting.offsetMs)}` : `running at ${setting.rate}`;
  return activeFault(
    {
      description: `clocks of ${nodes.join(' ')} ${wrong}`,
      nodes,
      leadersBefore,
      measure: async () => [
        ...evidence,
        ...(await ofEachNode(nodes, bounds, async (node, at) => [
          setting.rate === 1
            ? jumpEvidence(node, before[at], await first[at], setting.offsetMs)
            : driftEvidence(node, await first[at], await read(clocks, node, bounds), setting.rate),
        ])),
      ],
      undo: reset,
      verify: () => ofEachNode(nodes, bounds, async (node) => [rightEvidence(node, await clocks.offsetMs(node))]),
    },
    context,
  );
}

function settingOf(request: FaultRequest): { readonly offsetMs: number; readonly rate: number } {
  const { wrong } = strategy(CLOCKS, request);
  const { offsetMs, rate } = options.parse(request.options ?? {});
  const turn = <T>(values: readonly T[]) => values[(request.id - 1) % values.length];
  return wrong === 'jump'
    ? { offsetMs: offsetMs ?? turn(JUMPS_MS), rate: 1 }
    : { offsetMs: 0, rate: rate ?? turn(RATES) };
}

async function read(clocks: ClockAbility, node: string, { clock: time }: Bounds): Promise<Reading> {
  const offsetMs = await clocks.offsetMs(node);
  return { offsetMs, timeNs: time.nowNs() };
}

/** The first look at a clock that was set; the node may take a moment to notice. */
function shifted(clocks: ClockAbility, node: string, wantedMs: number, bounds: Bounds): Promise<Reading> {
  const there = ({ offsetMs }: Reading) => Math.abs(offsetMs - wantedMs) <= RIGHT_MS;
  return eventually(bounds.effectMs, bounds, () => read(clocks, node, bounds), there);
}

function jumpEvidence(node: string, before: Reading, now: Reading, askedMs: number): Evidence {
  const jumpedMs = now.offsetMs - before.offsetMs;
  return {
    what: `clock of ${node}`,
    expected: `${signed(askedMs)} from the true time`,
    measured: `${signed(now.offsetMs)} (${signed(before.offsetMs)} before)`,
    bit: Math.abs(jumpedMs - askedMs) <= Math.max(RIGHT_MS, 0.1 * Math.abs(askedMs)) && Math.abs(jumpedMs) > DRIFTED_MS,
  };
}

/** Asked twice, the clock must have moved against the true time as far as the rate says, within a half or its lag. */
function driftEvidence(node: string, first: Reading, second: Reading, rate: number): Evidence {
  const elapsedMs = (second.timeNs - first.timeNs) / 1e6;
  const askedMs = (rate - 1) * elapsedMs;
  const driftedMs = second.offsetMs - first.offsetMs;
  return {
    what: `clock of ${node}`,
    expected: `${signed(askedMs)} in ${elapsedMs.toFixed(0)} ms`,
    measured: signed(driftedMs),
    bit:
      Math.abs(driftedMs) > DRIFTED_MS &&
      driftedMs > 0 === rate > 1 &&
      Math.abs(driftedMs - askedMs) <= Math.max(Math.abs(askedMs) / 2, Math.abs(rate - 1) * STALE_MS),
  };
}

function rightEvidence(node: string, offsetMs: number): Evidence {
  return {
    what: `clock of ${node} after healing`,
    expected: `within ${RIGHT_MS} ms of the true time`,
    measured: signed(offsetMs),
    bit: Math.abs(offsetMs) <= RIGHT_MS,
  };
}

const signed = (ms: number): string => `${ms < 0 ? '−' : '+'}${Math.abs(Math.round(ms))} ms`;
