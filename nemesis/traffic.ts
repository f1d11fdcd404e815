import { z } from 'zod';
import { CLIENTS, type Impairment, type Link, type TrafficAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo } from './active-fault.js';
import { boundsOf, within } from './bounded.js';
import { uncut } from './claims.js';
import type { ActiveFault, Nemesis, NemesisContext } from './nemesis.js';
import { byName, fitting, minorityOf, strategy, takeAim, type Aim } from './targets.js';

/** Which links are bad: between the first so many nodes and everybody else, or between all. */
interface Reach {
  readonly aim: Aim;
  readonly minNodes: number;
  count(nodes: number): number;
  /** Whether the lines to the clients are bad too; between two regions only what crosses is. */
  readonly clients: 'too' | 'not';
}

const REACHES: Readonly<Record<string, Reach>> = {
  one: { aim: 'anyone', minNodes: 2, count: () => 1, clients: 'too' },
  leader: { aim: 'leader', minNodes: 2, count: () => 1, clients: 'too' },
  minority: { aim: 'anyone', minNodes: 3, count: minorityOf, clients: 'too' },
  halves: { aim: 'anyone', minNodes: 2, count: (nodes) => Math.floor(nodes / 2), clients: 'not' },
  all: { aim: 'anyone', minNodes: 2, count: (nodes) => nodes, clients: 'too' },
};

const share = (usual: number) => z.number().gt(0).max(1).default(usual);
const milliseconds = (usual: number) => z.number().positive().max(60_000).default(usual);

/** Loses a share of the packets: what TCP hides as slowness, and what makes heartbeats go missing. */
export const loss = badLine(
  { name: 'loss', summary: 'drops a share of the packets on lines of nodes' },
  z.strictObject({ share: share(0.2).describe('of packets lost, above 0 and up to 1') }),
  (given) => ({ kind: 'loss', share: given.share }),
);

export const slow = badLine(
  { name: 'slow', summary: 'lets lines of nodes carry only so much' },
  z.strictObject({ kbitPerSecond: z.number().positive().default(128).describe('what the lines carry') }),
  (given) => ({ kind: 'throttle', kbitPerSecond: given.kbitPerSecond }),
);

export const delay = badLine(
  { name: 'delay', summary: 'delays the packets on lines of nodes, with jitter' },
  z.strictObject({
    delayMs: milliseconds(150).describe('for every packet'),
    jitterMs: z.number().min(0).max(60_000).default(50).describe('by which the delay differs at most'),
  }),
  (given) => ({ kind: 'delay', delayMs: given.delayMs, jitterMs: given.jitterMs }),
);

export const reorder = badLine(
  { name: 'reorder', summary: 'lets packets on lines of nodes overtake each other' },
  z.strictObject({
    share: share(0.25).describe('of packets held back'),
    delayMs: milliseconds(50).describe('for those'),
  }),
  (given) => ({ kind: 'reorder', share: given.share, delayMs: given.delayMs }),
);

export const duplicate = badLine(
  { name: 'duplicate', summary: 'sends a share of the packets on lines of nodes twice' },
  z.strictObject({ share: share(0.25).describe('of packets sent twice') }),
  (given) => ({ kind: 'duplicate', share: given.share }),
);

function badLine<S extends z.ZodObject>(
  { name, summary }: { readonly name: string; readonly summary: string },
  options: S,
  impairmentOf: (given: z.output<S>) => Impairment,
): Nemesis {
  return {
    name,
    summary,
    needs: ['traffic', 'network'],
    targets: Object.keys(REACHES),
    takesMs: 3_000,
    targetsFor: ({ nodes }) => fitting(REACHES, nodes),
    minNodes: 2,
    options,
    inject: (request, context) => inject(impairmentOf(options.parse(request.options ?? {})), request, context),
  };
}

/** Where an impairment is in place: healing one would heal the other. */
const inUse = new WeakSet<TrafficAbility>();

async function inject(impairment: Impairment, request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const bounds = boundsOf(context);
  const traffic = abilityOf(context.cluster, 'traffic', request.kind);
  const missing = await within(bounds.callMs, 'asking the kernel', traffic.unavailable(impairment.kind), bounds);
  if (missing !== undefined) throw new Error(`${request.kind}: ${missing}`);
  const reach = strategy(REACHES, request);
  const { order, leadersBefore, evidence } = await takeAim(reach.aim, request, context);
  const nodes = byName(order.slice(0, reach.count(order.length)));
  const links = linksOf(nodes, order, reach);
  if (inUse.has(traffic)) throw new Error(`${request.kind}: another fault of the lines is in place`);
  inUse.add(traffic);
  const undo = async () => {
    await traffic.restore();
    inUse.delete(traffic);
  };
  await injectOrUndo(bounds, () => traffic.impair(links, impairment), undo);
  return activeFault(
    {
      description: `${wordsFor(impairment)} between ${nodes.join(' ')} and ${reach.clients === 'too' ? 'everybody else' : 'the other nodes'}`,
      nodes,
      leadersBefore,
      measure: async () => [...evidence, ...(await hitEvidence(traffic, nodes, links, impairment))],
      undo,
      verify: () => restoredEvidence(traffic, context, links),
    },
    context,
  );
}

/** Both ways between the nodes and the others, and, where all are hit, between each two of them. */
function linksOf(nodes: readonly string[], order: readonly string[], { clients }: Reach): readonly Link[] {
  const others = order.filter((node) => !nodes.includes(node));
  const pairs = nodes.flatMap((node, at) => [
    ...[...others, ...(others.length === 0 ? nodes.slice(at + 1) : [])].map((other) => [node, other] as const),
    ...(clients === 'too' ? [[node, CLIENTS] as const] : []),
  ]);
  return pairs.flatMap(([a, b]) => [
    { from: a, to: b },
    { from: b, to: a },
  ]);
}

/** Of every node that was hit the counters must show it; a line nobody used proves nothing. */
async function hitEvidence(
  traffic: TrafficAbility,
  nodes: readonly string[],
  links: readonly Link[],
  impairment: Impairment,
): Promise<readonly Evidence[]> {
  const lines = nodes.flatMap((node) => links.find(({ from, to }) => from === node && to !== CLIENTS) ?? []);
  // Idle lines would show nothing. What is lost is dropped where it arrives, so the answers of the others count too.
  const sending = lines.flatMap(({ from, to }) => [
    traffic.send({ from, to }, SENT),
    traffic.send({ from: to, to: from }, SENT),
  ]);
  await Promise.all(sending);
  const counters = await traffic.counters();
  const hits = nodes.map((node): Evidence => {
    const { packets = 0, hit = 0 } = counters.find((each) => each.node === node) ?? {};
    return {
      what: `packets on the lines of ${node}`,
      expected: `some ${HIT[impairment.kind]}`,
      measured: `${hit} ${HIT[impairment.kind]}, ${packets} let through`,
      bit: hit > 0,
    };
  });
  return impairment.kind === 'delay' ? [...hits, ...(await lateEvidence(traffic, lines, impairment))] : hits;
}

/** Enough for one in five to be lost with next to certainty, and for a slow line to fall behind. */
const SENT = 25;

async function lateEvidence(
  traffic: TrafficAbility,
  [line]: readonly Link[],
  { delayMs, jitterMs }: Extract<Impairment, { kind: 'delay' }>,
): Promise<readonly Evidence[]> {
  if (line === undefined) return [];
  const took = await traffic.roundTripMs(line);
  const atLeastMs = Math.max(1, delayMs - jitterMs);
  return [
    {
      what: `round trip ${line.from}→${line.to}`,
      expected: `at least ${atLeastMs} ms`,
      measured: took === undefined ? 'none within 5 s' : `${took.toFixed(0)} ms`,
      bit: took === undefined || took >= atLeastMs,
    },
  ];
}

const HIT: Readonly<Record<Impairment['kind'], string>> = {
  loss: 'dropped',
  throttle: 'held back',
  delay: 'delayed',
  reorder: 'through the reordering queue',
  duplicate: 'through the doubling queue',
};

async function restoredEvidence(
  traffic: TrafficAbility,
  { cluster }: NemesisContext,
  links: readonly Link[],
): Promise<readonly Evidence[]> {
  const left = (await traffic.counters()).filter(({ packets, hit }) => packets + hit > 0).map(({ node }) => node);
  const { network } = cluster.abilities;
  // A pair that a partition still cuts cannot be tried; the healing of that will.
  const probed =
    network &&
    (await network.probe(
      uncut(
        network,
        links.filter(({ to }) => to !== CLIENTS),
      ),
    ));
  const failing = (probed ?? []).filter(({ reachable }) => !reachable).map(({ from, to }) => `${from}→${to}`);
  return [
    {
      what: 'queues and rules after healing',
      expected: 'none left',
      measured: left.length === 0 ? 'none left' : `left on ${left.join(' ')}`,
      bit: left.length === 0,
    },
    {
      what: 'new connections after healing',
      expected: 'succeed',
      measured: failing.length === 0 ? 'succeed' : `fail: ${failing.join(', ')}`,
      bit: failing.length === 0,
    },
  ];
}

function wordsFor(impairment: Impairment): string {
  switch (impairment.kind) {
    case 'loss':
      return `${percent(impairment.share)} of packets lost`;
    case 'throttle':
      return `${impairment.kbitPerSecond} kbit/s`;
    case 'delay':
      return `packets ${impairment.delayMs} ± ${impairment.jitterMs} ms late`;
    case 'reorder':
      return `${percent(impairment.share)} of packets out of order`;
    case 'duplicate':
      return `${percent(impairment.share)} of packets doubled`;
  }
}

const percent = (part: number): string => `${Math.round(100 * part)} %`;
