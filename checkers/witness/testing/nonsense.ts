import fc from 'fast-check';
import type { History } from '../../../harness/history/history.js';
import type { EventType, Json } from '../../../harness/history/operation.js';
import { type Line, script } from '../../testing/script.js';

/** By name of an operation: what it asks, and what it answers where that is not what it asked. */
export type Kinds = Readonly<Record<string, readonly [asked: fc.Arbitrary<Json>, answered?: fc.Arbitrary<Json>]>>;

interface Step {
  readonly process: number;
  readonly outcome: EventType;
  readonly f: string;
  readonly asked: Json;
  readonly answered: Json | undefined;
}

/** Histories without any sense in their answers: overlapping operations with every outcome, processes used again after info. */
export function histories(kinds: Kinds): fc.Arbitrary<History> {
  const step = fc.record({
    process: fc.nat(2),
    outcome: fc.constantFrom<EventType>('ok', 'ok', 'ok', 'ok', 'fail', 'info'),
    operation: fc.oneof(
      ...Object.entries(kinds).map(([f, [asked, answered]]) =>
        fc.record({ f: fc.constant(f), asked, answered: answered ?? fc.constant(undefined) }),
      ),
    ),
  });
  return fc
    .array(step, { maxLength: 24 })
    .map((steps) => overlapping(steps.map(({ operation, ...rest }) => ({ ...rest, ...operation }))));
}

/** A process' steps alternate between invoking and completing. */
function overlapping(steps: readonly Step[]): History {
  const open = new Map<number, Step>();
  const lines: Line[] = [];
  for (const step of steps) {
    const { process, outcome } = step;
    const pending = open.get(process);
    if (pending === undefined) {
      open.set(process, step);
      lines.push([process, 'invoke', step.f, step.asked]);
      continue;
    }
    open.delete(process);
    const answer = outcome === 'ok' && pending.answered !== undefined ? pending.answered : pending.asked;
    lines.push([process, outcome, pending.f, answer]);
  }
  return script(...lines);
}
