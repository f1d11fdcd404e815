import { type History, NONE } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { show } from '../../harness/history/values/show.js';
import type { Anomaly } from '../checker.js';
import { Moments } from '../moments.js';
import { indicesOf } from '../verdict.js';
import type { Step } from './cycle.js';
import { effectPositions, positionsOf, sessionPremises, valueOf, versionPremises } from './premises.js';
import { INITIAL, type RegisterLog, type RegisterOperation } from './register-log.js';
import { MONOTONIC_READS, MONOTONIC_WRITES, READ_YOUR_WRITES, REALTIME, WRITES_FOLLOW_READS } from './version-order.js';

/** The guarantees by the field's names. */
export const GUARANTEES: Readonly<Record<string, number>> = {
  'monotonic-reads': MONOTONIC_READS,
  'read-your-writes': READ_YOUR_WRITES,
  'monotonic-writes': MONOTONIC_WRITES,
  'writes-follow-reads': WRITES_FOLLOW_READS,
};

/** The order of versions that a session needs and that others contradict. */
export function sessionAnomaly(
  history: History,
  log: RegisterLog,
  kind: string,
  cycle: readonly Step[],
  rulesOut: readonly string[],
  realtime?: Json,
): Anomaly {
  const versions = [INITIAL, ...cycle.flatMap(({ from, to }) => [from, to])];
  const text = new VersionText(history, log);
  const moments = new Moments(history);
  const needs = (labels: number) => cycle.find(({ label }) => (label & labels) !== 0);
  // What a session saw is told as the surprise, what writers did as its reason.
  const saw = needs(MONOTONIC_READS | READ_YOUR_WRITES);
  const broken = saw ?? needs(MONOTONIC_WRITES | WRITES_FOLLOW_READS) ?? cycle[0];
  const at = cycle.indexOf(broken);
  const others = [...cycle.slice(at + 1), ...cycle.slice(0, at)];
  const name = log.key === undefined ? 'the register' : `register ${log.key}`;
  const [a, b] = [text.value(broken.from), text.value(broken.to)];
  return {
    kind,
    sentence:
      `${name}: ${text.reason(broken, moments)}, so ${b} must not be older than ${a}; ` +
      `but it is, because ${others.map((step) => text.reason(step, moments)).join(' and ')}`,
    operations: indicesOf(history, [...text.positions(cycle), ...effectPositions(history, log, versions)]),
    premises: [
      ...versionPremises(history, log, versions),
      ...sessionPremises(history, text.operations(cycle)),
      ...(realtime === undefined ? [] : [{ fact: 'option', name: 'realtime', value: realtime } as const]),
    ],
    explanation: cycle.map((step) => `${text.value(step.from)} before ${text.value(step.to)}: ${text.reason(step)}`),
    rulesOut,
  };
}

/** Words for versions and the operations that made or saw them. */
export class VersionText {
  constructor(
    private readonly history: History,
    private readonly log: RegisterLog,
  ) {}

  value(version: number): string {
    return version === INITIAL ? 'the initial value' : show(valueOf(this.history, this.log, version));
  }

  /** @param moments told before in the same sentence */
  reason({ from, to, label, first, second }: Step, moments = new Moments(this.history)): string {
    const who = (operation: number) => moments.by(this.log.operations[operation].invoked);
    const at = (operation: number) => moments.at(this.log.operations[operation].invoked);
    const [a, b] = [this.value(from), this.value(to)];
    switch (label) {
      case MONOTONIC_READS:
        return `${who(first)} read ${a} and then, ${at(second)}, ${b}`;
      case READ_YOUR_WRITES:
        return `${who(first)} wrote ${a} and then, ${at(second)}, read ${b}`;
      case MONOTONIC_WRITES:
        return `${who(first)} wrote ${a} and then, ${at(second)}, ${b}`;
      case WRITES_FOLLOW_READS:
        return `${who(first)} read ${a} and then, ${at(second)}, wrote ${b}`;
      case REALTIME:
        return `${a} had been written before the write of ${b} began ${at(second)}`;
      default:
        return from === INITIAL && first === NONE ? `${b} was written` : `${who(second)} replaced ${a} by ${b}`;
    }
  }

  /** Positions of everything that the steps speak of. */
  positions(steps: readonly Step[]): readonly number[] {
    return this.operations(steps).flatMap(positionsOf);
  }

  /** Everything that the steps speak of. */
  operations(steps: readonly Step[]): readonly RegisterOperation[] {
    const { operations, writers } = this.log;
    const versions = steps.map(({ to }) => writers[to]);
    const numbers = [...versions, ...steps.flatMap(({ first, second }) => [first, second])];
    return numbers.filter((at) => at !== NONE).map((at) => operations[at]);
  }
}
