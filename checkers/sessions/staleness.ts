import { type History, NONE } from '../../harness/history/history.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Anomaly, CheckContext, Checker, Verdict } from '../checker.js';
import { numberOption } from '../options.js';
import { Moments } from '../moments.js';
import { gap, indicesOf, isTimed, SHOWN_ANOMALIES, verdictOf } from '../verdict.js';
import { VersionText } from './explain.js';
import { impossibleReads } from './impossible-reads.js';
import { effectPositions, versionPremises } from './premises.js';
import {
  INITIAL,
  NEVER,
  type RegisterLog,
  type RegisterOperation,
  registerLogs,
  type RegisterRoles,
} from './register-log.js';
import { Succession } from './succession.js';
import { anything, natural, oneOf } from '../option-rules.js';

/** Beyond any history: an option not given. */
const ANY = Number.MAX_SAFE_INTEGER;

/**
 * How stale the stalest read was, for registers of which every value is written once and whose writes are linearizable:
 * in versions, the longest run of writes one after the other that had all taken effect, after the version read, before
 * the read began; in ms, since the first of them had. Both are lower bounds: what certainly was, not what may have been.
 * A write has taken effect when it is acknowledged or somebody read it.
 *
 * What kind of register it was goes by acknowledgements alone (Lamport 1986; for many writers Shao, Welch, Pierce and
 * Lee 2011, MWR-weak): regular when every read shows a write that overlapped it or one not replaced before it began, so
 * that beside a write old may follow new; safe when that holds of the reads that overlapped no write. Whether it was
 * atomic is for the linearizability checker.
 *
 * Options: `maxStalenessMs`, `maxStalenessVersions` (violated when a read exceeds them), `register` (`regular` or
 * `safe`: violated when it is not), `initial`. Without any of the first three it only measures.
 */
export const staleness: Checker = {
  name: 'staleness',
  summary: 'how stale reads were, in ms and versions; regular and safe registers',
  options: {
    register: oneOf('regular', 'safe'),
    maxStalenessMs: natural,
    maxStalenessVersions: natural,
    initial: anything,
  },
  check: (history, context) => checkStaleness(history, context),
};

interface Limits {
  readonly ms: number;
  readonly versions: number;
  readonly register: 'regular' | 'safe' | undefined;
}

/** A read that was certainly behind. */
interface Stale {
  readonly operation: RegisterOperation;
  readonly versions: number;
  readonly sinceNs: number;
  /** The version whose completion made the one read old. */
  readonly replacedBy: number;
  /** What the read breaks: a regular register, even a safe one, or neither. */
  readonly breaks: 'safe' | 'regular' | undefined;
}

interface Tally {
  reads: number;
  stale: number;
  irregular: number;
  unsafe: number;
  exceeding: number;
  stalestMs: number;
  stalestVersions: number;
  ambiguous: number;
  impossible: number;
}

/** {@link staleness} of registers whose operations have other names. */
export function checkStaleness(history: History, context: CheckContext, roles?: RegisterRoles): Verdict {
  const limits = limitsOf(context);
  const anomalies: Anomaly[] = [];
  const tally: Tally = {
    reads: 0,
    stale: 0,
    irregular: 0,
    unsafe: 0,
    exceeding: 0,
    stalestMs: 0,
    stalestVersions: 0,
    ambiguous: 0,
    impossible: 0,
  };
  const deadlineMs = performance.now() + context.budget.timeMs;
  let late = false;
  for (const log of registerLogs(history, context.options['initial'] ?? null, roles)) {
    late = performance.now() > deadlineMs || context.signal?.aborted === true;
    if (late) break;
    if ('repeated' in log) tally.ambiguous++;
    else measure(history, log, limits, tally, anomalies);
  }
  const undecided = late ? 'the time allowed is over' : doubt(tally);
  const kind = tally.impossible + tally.unsafe > 0 ? 'none' : tally.irregular > 0 ? 'safe' : 'regular';
  return verdictOf({
    anomalies,
    ...(undecided !== undefined && { undecided }),
    details: { ...tally, register: kind },
    checked: ['reads against the writes done before they began'],
    notChecked: ['whether the register is atomic (linearizable)'],
  });
}

function doubt({ ambiguous, reads }: Tally): string | undefined {
  if (ambiguous > 0)
    return `in ${ambiguous} registers a value is written more than once; a read does not tell which write it saw`;
  return reads === 0 ? 'no read succeeded' : undefined;
}

function limitsOf({ options }: CheckContext): Limits {
  const ms = numberOption(options, 'maxStalenessMs', ANY) ?? ANY;
  const versions = numberOption(options, 'maxStalenessVersions', ANY) ?? ANY;
  const { register } = options;
  if (register === undefined || register === null) return { ms, versions, register: undefined };
  if (register === 'regular' || register === 'safe') return { ms, versions, register };
  throw new UserError(`option register is ${JSON.stringify(register)}; give regular or safe`);
}

function measure(history: History, log: RegisterLog, limits: Limits, tally: Tally, anomalies: Anomaly[]): void {
  const add = (anomaly: Anomaly) => {
    if (anomalies.length < SHOWN_ANOMALIES) anomalies.push(anomaly);
  };
  for (const anomaly of impossibleReads(history, log)) {
    tally.impossible++;
    add(anomaly);
  }
  const seen = new Succession(log, log.effective);
  const acknowledged = new Succession(log, acknowledgements(log));
  for (const operation of log.operations) {
    if (operation.completed === NEVER || operation.read < INITIAL) continue;
    tally.reads++;
    const stale = staleRead(history, log, seen, acknowledged, operation);
    if (stale === undefined) continue;
    const ms = stale.sinceNs / 1e6;
    tally.stale++;
    if (stale.breaks !== undefined) tally.irregular++;
    if (stale.breaks === 'safe') tally.unsafe++;
    tally.stalestMs = Math.max(tally.stalestMs, ms);
    tally.stalestVersions = Math.max(tally.stalestVersions, stale.versions);
    const broken = limits.register !== undefined && (stale.breaks === 'safe' || stale.breaks === limits.register);
    if (!broken && ms <= limits.ms && stale.versions <= limits.versions) continue;
    tally.exceeding++;
    add(anomalyOf(history, log, stale));
  }
}

/** Per version, its own acknowledgement. */
function acknowledgements({ versions, writers, operations }: RegisterLog): Int32Array {
  const done = new Int32Array(versions).fill(NONE);
  for (let version = 1; version < versions; version++) done[version] = operations[writers[version]].completed;
  return done;
}

function staleRead(
  history: History,
  log: RegisterLog,
  seen: Succession,
  acknowledged: Succession,
  operation: RegisterOperation,
): Stale | undefined {
  const { invoked, read } = operation;
  const replacedBy = seen.replacementBefore(read, invoked);
  // Whatever is acknowledged has taken effect: a read that is not stale breaks no regular register either.
  if (replacedBy === undefined) return undefined;
  const { times } = history.columns;
  const regular = acknowledged.replacementBefore(read, invoked) === undefined;
  return {
    operation,
    replacedBy,
    versions: seen.countBefore(replacedBy, invoked),
    sinceNs: times[invoked] - times[log.effective[replacedBy]],
    breaks: regular ? undefined : acknowledged.overlapsWrite(operation) ? 'regular' : 'safe',
  };
}

function anomalyOf(history: History, log: RegisterLog, { operation, replacedBy, versions, sinceNs }: Stale): Anomaly {
  const text = new VersionText(history, log);
  const { invoked, completed, read } = operation;
  const newer = log.operations[log.writers[replacedBy]];
  const name = log.key === undefined ? 'the register' : `register ${log.key}`;
  const moments = new Moments(history);
  const late = isTimed(history) ? ` and ${gap(sinceNs)}` : '';
  const behind = versions === 1 ? 'one version' : `at least ${versions} versions`;
  return {
    kind: 'stale-read',
    sentence:
      `${moments.by(invoked)} read ${text.value(read)} from ${name}, ${behind}${late} behind: ` +
      `${text.value(replacedBy)}, written by ${moments.by(newer.invoked)}, was there ${moments.at(log.effective[replacedBy])}`,
    operations: indicesOf(history, [...effectPositions(history, log, [read, replacedBy]), invoked, completed]),
    premises: versionPremises(history, log, [read, replacedBy]),
    details: { versions, ms: sinceNs / 1e6 },
  };
}
