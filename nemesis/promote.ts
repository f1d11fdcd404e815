import type { FailoverAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo } from './active-fault.js';
import { boundsOf, eventually, type Bounds } from './bounded.js';
import { patient, type ActiveFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { choose, fitting, leadersNow, type Target } from './targets.js';

const PROMOTED: Readonly<Record<string, Target>> = { 'non-leader': { aim: 'non-leader', minNodes: 2, count: () => 1 } };

/** Makes a standby the primary by command; healing makes every other primary its standby, as an operator would. */
export const promote: Nemesis = {
  name: 'promote',
  summary: 'makes a standby the primary by command, beside the old one or in its place; healing leaves one primary',
  needs: ['failover'],
  targets: Object.keys(PROMOTED),
  targetsFor: ({ nodes }) => fitting(PROMOTED, nodes),
  minNodes: 2,
  inject,
};

async function inject(request: FaultRequest, hasty: NemesisContext): Promise<ActiveFault> {
  const context = patient(hasty);
  const bounds = boundsOf(context);
  const failover = abilityOf(context.cluster, 'failover', 'promote');
  const { nodes, leadersBefore, evidence } = await choose(PROMOTED, request, context);
  const [promoted] = nodes;
  const undo = () => leaveOne(failover, promoted, leadersBefore, context);
  await injectOrUndo(
    bounds,
    () => failover.promote(promoted),
    () => Promise.resolve(),
  );
  const seen = leading(context, bounds, (leaders) => leaders.includes(promoted));
  seen.catch(() => undefined);
  return activeFault(
    {
      description: `${promoted} promoted`,
      nodes,
      leadersBefore,
      measure: async () => [...evidence, promotedEvidence(promoted, leadersBefore, await seen)],
      undo,
      verify: async () => [
        onlyEvidence(promoted, await leading(context, bounds, (leaders) => isOnly(promoted, leaders))),
      ],
    },
    context,
  );
}

/** Old primaries follow the new one: those that lead beside it, and those that were fenced off and are down. */
async function leaveOne(
  failover: FailoverAbility,
  promoted: string,
  before: readonly string[],
  context: NemesisContext,
): Promise<void> {
  const now = await leadersNow(context);
  // Were it not leading, nobody would be left to follow.
  if (!now.includes(promoted)) return;
  const others = new Set([...before, ...now].filter((node) => node !== promoted));
  for (const node of others) await failover.follow(node);
}

function leading(
  context: NemesisContext,
  bounds: Bounds,
  settled: (leaders: readonly string[]) => boolean,
): Promise<readonly string[]> {
  return eventually(bounds.effectMs, bounds, () => leadersNow(context), settled);
}

const isOnly = (promoted: string, leaders: readonly string[]) => leaders.length === 1 && leaders[0] === promoted;

function promotedEvidence(promoted: string, before: readonly string[], now: readonly string[]): Evidence {
  return {
    what: `primaries after ${promoted} was promoted`,
    expected: `${promoted} among them, which was not before`,
    measured: `${before.join(' ') || 'none'} before, ${now.join(' ') || 'none'} now`,
    bit: now.includes(promoted) && !before.includes(promoted),
  };
}

function onlyEvidence(promoted: string, leaders: readonly string[]): Evidence {
  return {
    what: 'primaries after healing',
    expected: `${promoted} alone`,
    measured: leaders.join(' ') || 'none',
    bit: isOnly(promoted, leaders),
  };
}
