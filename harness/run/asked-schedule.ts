import type { Nemesis } from '../../nemesis/nemesis.js';
import { UserError } from '../kit/errors.js';
import type { Random } from '../kit/random.js';
import { suggestion } from '../kit/suggest.js';
import type { ScheduledFault } from './plan.js';
import type { Schedulable } from './schedule.js';
import type { AskedFault } from './schedule-file.js';

/** What a nemesis must tell for a fault of it to be checked. */
export type Askable = Schedulable & Pick<Nemesis, 'targetsOnRequest' | 'options'>;

/** Where the asked faults are to take place. */
export interface Ground {
  readonly nemeses: readonly Askable[];
  /** Node names. */
  readonly nodes: readonly string[];
  /** Length of the faults phase. */
  readonly timeLimitMs: number;
}

/**
 * The schedule that was asked for, in order of time, with everything filled in that was left open. Throws a
 * {@link UserError} naming the fault for what cannot take place.
 */
export function fillIn(asked: readonly AskedFault[], ground: Ground, random: Random): readonly ScheduledFault[] {
  const [orders] = random.draw((dice) => asked.map(() => dice.shuffle(ground.nodes)));
  const faults = asked.map((fault, at) => ({ fault, order: orders[at] }));
  faults.sort((a, b) => a.fault.atMs - b.fault.atMs);
  return faults.map(({ fault, order }, at) => scheduled(fault, at + 1, order, ground));
}

function scheduled(asked: AskedFault, id: number, drawn: readonly string[], ground: Ground): ScheduledFault {
  const { where, kind, nodes, options, atMs, forMs, trigger } = asked;
  const nemesis = ground.nemeses.find(({ name }) => name === kind);
  if (nemesis === undefined) throw new UserError(`${where}: no nemesis ${kind} in this test`);
  const target = asked.target ?? nemesis.targets[0];
  const known = [...nemesis.targets, ...(nemesis.targetsOnRequest ?? [])];
  if (!known.includes(target)) {
    throw new UserError(`${where}.target: ${kind} has no target ${target} here${suggestion(target, known)}`);
  }
  const stranger = nodes.find((node) => !ground.nodes.includes(node));
  if (stranger !== undefined) {
    throw new UserError(`${where}.nodes: no node ${stranger} in this test; there are ${ground.nodes.join(', ')}`);
  }
  if (atMs >= ground.timeLimitMs) {
    const [begins, ends] = [atMs, ground.timeLimitMs].map((ms) => `${ms / 1000} s`);
    throw new UserError(`${where}.at: begins at ${begins}, when the faults are over (${ends}); raise --time-limit`);
  }
  checkOptions(asked, nemesis);
  const order = [...new Set([...nodes, ...drawn])];
  const request = { id, kind, target, order, ...(options !== undefined && { options }) };
  return { request, atMs, forMs, ...(trigger !== undefined && { trigger }) };
}

function checkOptions({ where, kind, options = {} }: AskedFault, nemesis: Askable): void {
  const known = Object.keys(nemesis.options?.shape ?? {});
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const hint = known.length === 0 ? '; it has none' : suggestion(unknown, known);
    throw new UserError(`${where}.options: ${kind} has no option ${unknown}${hint}`);
  }
  const issue = nemesis.options?.safeParse(options).error?.issues[0];
  if (issue !== undefined) throw new UserError(`${where}.options.${issue.path.join('.')}: ${issue.message}`);
}
