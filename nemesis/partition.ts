import type { Cluster, Link, NetworkAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { activeFault, injectOrUndo } from './active-fault.js';
import { boundsOf, within } from './bounded.js';
import {
  cutPairs,
  droppedEvidence,
  rejoinedEvidence,
  severedEvidence,
  sparedEvidence,
  type CutPair,
  type Dropped,
} from './evidence.js';
import { claim, claimedByOthers, release, type Claim } from './claims.js';
import { GRUDGES, type Grudge } from './grudges.js';
import type { ActiveFault, Nemesis, NemesisContext } from './nemesis.js';
import { fitting, strategy, takeAim } from './targets.js';

/** Cuts the network between nodes, or between clients and a node, in the shape of a grudge. */
export const partition: Nemesis = {
  name: 'partition',
  summary: 'cuts the network between nodes, or between clients and a node, by dropping packets',
  needs: ['network'],
  targets: Object.keys(GRUDGES),
  targetsFor: ({ nodes }) => fitting(GRUDGES, nodes),
  minNodes: 2,
  inject,
};

async function inject(request: FaultRequest, context: NemesisContext): Promise<ActiveFault> {
  const network = networkOf(context.cluster);
  const bounds = boundsOf(context);
  const shape = strategy(GRUDGES, request);
  // The counters of rules already there belong to an earlier fault.
  const [sight, countersBefore] = await Promise.all([
    takeAim(shape.aim, request, context),
    within(bounds.callMs, 'reading the counters', network.dropped(), bounds),
  ]);
  const grudge = shape.draw(sight.order);
  const pairs = cutPairs(grudge.links);
  const mine = claim(network, grudge.links);
  const undo = () => release(network, mine);
  await injectOrUndo(bounds, () => network.cut(grudge.links), undo);
  // Failing probes take their whole second: they run inside the window without holding up the run.
  const severed = network.probe(probesOf(pairs));
  severed.catch(() => undefined);
  return activeFault(
    {
      ...describe(grudge),
      leadersBefore: sight.leadersBefore,
      measure: async () => [...sight.evidence, ...(await measure(network, pairs, mine, countersBefore, severed))],
      undo,
      verify: () => verify(network, pairs, mine),
    },
    context,
  );
}

const describe = ({ description, nodes }: Grudge) => ({ description, nodes });

/** The probes are awaited first: their own packets are what the counters must show on an otherwise idle link. */
async function measure(
  network: NetworkAbility,
  pairs: readonly CutPair[],
  mine: Claim,
  countersBefore: Dropped,
  severed: ReturnType<NetworkAbility['probe']>,
): Promise<Evidence[]> {
  const probed = await severed;
  const drops = (counters: Dropped) => pairs.map((pair) => droppedEvidence(pair, countersBefore, counters));
  let counters = await network.dropped();
  if (drops(counters).some(({ bit }) => !bit)) {
    // On a machine under load a probe may run out of its second before its first packet; the cut deserves another.
    await network.probe(probesOf(pairs));
    counters = await network.dropped();
  }
  const dropped = drops(counters);
  return [
    ...pairs.flatMap((pair, at) => [dropped[at], severedEvidence(pair, probed)]),
    sparedEvidence(pairs, [...countersBefore, ...claimedByOthers(network, mine)], counters),
  ];
}

/** A pair that another fault still cuts cannot be tried; that fault's healing will. */
async function verify(network: NetworkAbility, pairs: readonly CutPair[], mine: Claim): Promise<Evidence[]> {
  const others = cutPairs(claimedByOthers(network, mine)).map(({ name }) => name);
  const free = pairs.filter(({ name }) => !others.includes(name));
  const [probed, rules] = await Promise.all([network.probe(probesOf(free)), network.dropped()]);
  return pairs.map((pair) => (free.includes(pair) ? rejoinedEvidence(pair, probed, rules) : stillCutEvidence(pair)));
}

function stillCutEvidence({ name }: CutPair): Evidence {
  const what = `new connections ${name} after healing`;
  return { what, expected: 'succeed, unless another fault cuts it', measured: 'cut by another fault', bit: true };
}

const probesOf = (pairs: readonly CutPair[]): readonly Link[] => pairs.flatMap(({ probes }) => probes);

function networkOf({ abilities }: Cluster): NetworkAbility {
  if (abilities.network === undefined) throw new Error('nemesis partition: the cluster has no ability network');
  return abilities.network;
}
