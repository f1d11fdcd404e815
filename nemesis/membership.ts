import type { MembershipAbility, ProcessAbility } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import { abilityOf } from './abilities.js';
import { activeFault, injectOrUndo } from './active-fault.js';
import { boundsOf, within } from './bounded.js';
import { runningEvidence } from './evidence.js';
import { patient, type ActiveFault, type Nemesis, type NemesisContext } from './nemesis.js';
import { byName, choose, fitting, strategy, type Target } from './targets.js';

type Change = 'grow' | 'shrink';

/** A cluster of two that lost one would have no majority left to take it back. */
const CHANGES: Readonly<Record<string, Target & { readonly change: Change }>> = {
  grow: { change: 'grow', aim: 'anyone', minNodes: 1, count: () => 0 },
  shrink: { change: 'shrink', aim: 'anyone', minNodes: 3, count: () => 1 },
  'shrink-leader': { change: 'shrink', aim: 'leader', minNodes: 3, count: () => 1 },
};

/** Grows or shrinks the cluster by one node, by the product's own commands; healing makes it as it was. */
export const membership: Nemesis = {
  name: 'membership',
  summary: 'adds a node to the cluster (grow) or takes one out (shrink), and takes that back',
  needs: ['membership', 'processes'],
  targets: Object.keys(CHANGES),
  takesMs: 9_000,
  targetsFor: ({ nodes }) => fitting(CHANGES, nodes),
  minNodes: 1,
  inject,
};

async function inject(request: FaultRequest, hasty: NemesisContext): Promise<ActiveFault> {
  const context = patient(hasty);
  const bounds = boundsOf(context);
  const members = abilityOf(context.cluster, 'membership', 'membership');
  const processes = abilityOf(context.cluster, 'processes', 'membership');
  const { change } = strategy(CHANGES, request);
  const { nodes, leadersBefore, evidence } = await choose(CHANGES, request, context);
  const before = await within(bounds.callMs, 'asking for the members', members.members(), bounds);
  const node = change === 'grow' ? newName([...before, ...request.order]) : nodes[0];
  const add = async () => {
    if (!(await members.members()).includes(node)) await members.add(node);
    if ((await processes.status(node)).length === 0) await processes.start(node);
  };
  const remove = async () => {
    if ((await members.members()).includes(node)) await members.remove(node);
  };
  const [inject, undo] = change === 'grow' ? [() => members.add(node), remove] : [() => members.remove(node), add];
  await injectOrUndo(bounds, inject, undo);
  return activeFault(
    {
      description: change === 'grow' ? `${node} added to the cluster` : `${node} taken out of the cluster`,
      nodes: [node],
      leadersBefore,
      measure: async () => [
        ...evidence,
        await membersEvidence(members, { node, before, member: change === 'grow' }),
        ...(change === 'grow' ? await startedEvidence(processes, node) : []),
      ],
      undo,
      verify: async () => [
        await membersEvidence(members, { node, member: change === 'shrink' }),
        ...(change === 'shrink' ? [runningEvidence(node, await processes.status(node))] : []),
      ],
    },
    context,
  );
}

/** One more than the highest number so far: `n6` beside n1 to n5. */
function newName(names: readonly string[]): string {
  const numbers = names.map((name) => Number(/\d+$/.exec(name)?.[0] ?? 0));
  return `n${Math.max(...numbers) + 1}`;
}

interface Expected {
  readonly node: string;
  /** While the fault is in place: the members before it. */
  readonly before?: readonly string[];
  readonly member: boolean;
}

async function membersEvidence(members: MembershipAbility, { node, before, member }: Expected): Promise<Evidence> {
  const now = await members.members();
  const changed = before === undefined || before.includes(node) !== member;
  return {
    what: before === undefined ? 'members after healing' : 'members',
    expected: member ? `${node} among them` : `${node} not among them`,
    measured: byName(now).join(' ') + (before === undefined ? '' : `; before: ${byName(before).join(' ')}`),
    bit: changed && now.includes(node) === member,
  };
}

async function startedEvidence(processes: ProcessAbility, node: string): Promise<readonly Evidence[]> {
  const { expected, measured, bit } = runningEvidence(node, await processes.status(node));
  return [{ what: `processes of ${node}`, expected, measured, bit }];
}
