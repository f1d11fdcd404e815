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
  const undo = () => network.heal();
  await injectOrUndo(bounds, () => network.cut(grudge.links), undo);
  // Failing probes take their whole second: they run inside the window without holding up the run.
  const severed = network.probe(probesOf(pairs));
  severed.catch(() => undefined);
  return activeFault(
    {
      ...describe(grudge),
      leadersBefore: sight.leadersBefore,
      measure: async () => [...sight.evidence, ...(await measure(network, pairs, countersBefore, severed))],
      undo,
      verify: () => verify(network, pairs),
    },
    context,
  );
}

const describe = ({ description, nodes }: Grudge) => ({ description, nodes });

/** The probes are awaited first: their own packets are what the counters must show on an otherwise idle link. */
async function measure(
  network: NetworkAbility,
  pairs: readonly CutPair[],
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
    sparedEvidence(pairs, countersBefore, counters),
  ];
}

async function verify(network: NetworkAbility, pairs: readonly CutPair[]): Promise<Evidence[]> {
  const [probed, rules] = await Promise.all([network.probe(probesOf(pairs)), network.dropped()]);
  return pairs.map((pair) => rejoinedEvidence(pair, probed, rules));
}

const probesOf = (pairs: readonly CutPair[]): readonly Link[] => pairs.flatMap(({ probes }) => probes);

function networkOf({ abilities }: Cluster): NetworkAbility {
  if (abilities.network === undefined) throw new Error('nemesis partition: the cluster has no ability network');
  return abilities.network;
}
