import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Anomaly, CheckContext, Checker, Verdict } from '../checker.js';
import { SHOWN_ANOMALIES, verdictOf } from '../verdict.js';
import { findCycle } from './cycle.js';
import { GUARANTEES, sessionAnomaly } from './explain.js';
import { impossibleReads } from './impossible-reads.js';
import { type RegisterLog, registerLogs, type RegisterRoles } from './register-log.js';
import { INHERENT, REALTIME, VersionOrder } from './version-order.js';
import { anything, names } from '../option-rules.js';

/**
 * What every session may rely on, whatever the others see: read your writes, monotonic reads, monotonic writes, writes
 * follow reads, for registers of which every value is written once. A session is a process, until an outcome is
 * unknown to it (`clientSessions`).
 *
 * A register violates them when no order of its versions satisfies them together; by itself, "5, then 4" says nothing,
 * for 4 may be the newer one. That some other session wrote 4 and then 5 says it all. With `realtime: true` writes that
 * did not overlap are ordered too, as in a store whose writes are linearizable and only reads may be stale.
 *
 * Options: `guarantees` (names; by default all four), `realtime`, `initial` (value; by default null).
 */
export const sessionGuarantees: Checker = {
  name: 'session-guarantees',
  summary: 'read your writes, monotonic reads and writes, writes follow reads: registers with unique values',
  options: { guarantees: names, initial: anything },
  check: (history, context) => checkSessions(history, context),
};

interface Tally {
  readonly anomalies: Anomaly[];
  readonly violations: Record<string, number>;
  readonly ambiguous: string[];
  registers: number;
  reads: number;
}

/** {@link sessionGuarantees} of registers whose operations have other names. */
export function checkSessions(history: History, context: CheckContext, roles?: RegisterRoles): Verdict {
  const wanted = wantedGuarantees(context.options['guarantees']);
  const given = INHERENT | (isTrue(context.options['realtime']) ? REALTIME : 0);
  const tally: Tally = { anomalies: [], violations: {}, ambiguous: [], registers: 0, reads: 0 };
  const deadlineMs = performance.now() + context.budget.timeMs;
  let late = false;
  for (const log of registerLogs(history, context.options['initial'] ?? null, roles)) {
    late = performance.now() > deadlineMs || context.signal?.aborted === true;
    if (late) break;
    tally.registers++;
    if ('repeated' in log) tally.ambiguous.push(log.key ?? '');
    else judge(history, log, wanted, context.options['realtime'], tally);
  }
  const { registers, reads, violations, ambiguous, anomalies } = tally;
  const undecided = late ? 'the time allowed is over' : doubt(tally);
  return verdictOf({
    anomalies,
    ...(undecided !== undefined && { undecided }),
    details: { registers, reads, violations, ambiguous: ambiguous.length, guarantees: wanted },
    checked: [
      `${wanted.join(', ')} of every session, per register${given === INHERENT ? '' : ', writes in real time'}`,
    ],
    notChecked: [
      'order between sessions and between registers',
      ...(given === INHERENT ? ['order of writes in real time (asked for with realtime=true)'] : []),
    ],
  });
}

function doubt({ ambiguous, reads }: Tally): string | undefined {
  if (ambiguous.length > 0) {
    const which = ambiguous[0] === '' ? 'the register' : `register ${ambiguous[0]}`;
    return `${which} has a value that is written more than once, so that a read does not tell which write it saw`;
  }
  return reads === 0 ? 'no read succeeded' : undefined;
}

/** One anomaly for each guarantee that is broken by itself, otherwise one for their being broken together. */
function judge(
  history: History,
  log: RegisterLog,
  wanted: readonly string[],
  option: Json | undefined,
  tally: Tally,
): void {
  const realtime = isTrue(option) ? option : undefined;
  const given = realtime === undefined ? INHERENT : INHERENT | REALTIME;
  const { anomalies, violations } = tally;
  const add = (anomaly: Anomaly) => {
    violations[anomaly.kind] = (violations[anomaly.kind] ?? 0) + 1;
    if (anomalies.length < SHOWN_ANOMALIES) anomalies.push(anomaly);
  };
  tally.reads += log.operations.filter(({ written }) => written < 0).length;
  for (const anomaly of impossibleReads(history, log)) add(anomaly);
  const order = new VersionOrder(log);
  const together = wanted.reduce((labels, name) => labels | GUARANTEES[name], given);
  if (findCycle(order, log.versions, together) === undefined) return;
  let alone = 0;
  for (const name of wanted) {
    const cycle = findCycle(order, log.versions, given | GUARANTEES[name]);
    if (cycle === undefined) continue;
    add(sessionAnomaly(history, log, name, cycle, [name], realtime));
    alone++;
  }
  if (alone > 0) return;
  const cycle = findCycle(order, log.versions, together) ?? [];
  const involved = wanted.filter((name) => cycle.some(({ label }) => label === GUARANTEES[name]));
  add(sessionAnomaly(history, log, 'session-order', cycle, [involved.join(' with ')], realtime));
}

/** @throws UserError naming the guarantees there are */
function wantedGuarantees(option: Json | undefined): readonly string[] {
  if (option === undefined || option === null) return Object.keys(GUARANTEES);
  const names = Array.isArray(option) ? option.map(String) : String(option).split(',');
  const unknown = names.find((name) => !Object.hasOwn(GUARANTEES, name));
  if (unknown === undefined && names.length > 0) return names;
  throw new UserError(`unknown guarantee "${unknown ?? ''}"; there are ${Object.keys(GUARANTEES).join(', ')}`);
}

function isTrue(option: Json | undefined): boolean {
  return option === true || option === 'true';
}
