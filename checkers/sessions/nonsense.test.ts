import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import { type History, NONE } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { type RegisterLog, USUAL_ROLES } from './register-log.js';
import { sessionGuarantees } from './session-guarantees.js';
import { staleness } from './staleness.js';
import { Succession } from './succession.js';
import { script } from './testing/script.js';

const guarantees = (text: string, options: Record<string, Json> = {}) =>
  sessionGuarantees.check(script(text), { budget: UNLIMITED, options }) as Verdict;
const stale = (text: string, options: Record<string, Json> = {}) =>
  staleness.check(script(text), { budget: UNLIMITED, options }) as Verdict;
const kinds = (verdict: Verdict) => verdict.anomalies.map(({ kind }) => kind);

describe('a process that goes on after an unknown outcome', () => {
  it('is a new session: no guarantee spans the two', () => {
    expect(kinds(guarantees('w1 1, r1 -'))).toEqual(['read-your-writes']);
    expect(guarantees('w1 1, i1 2, r1 -').validity).toBe('valid');
    expect(kinds(guarantees('w1 1, i1 2, w1 3, r1 -'))).toEqual(['read-your-writes']);
  });
});

describe('a read that ended before its write began', () => {
  it('is a violation that says so, and what is behind it is measured all the same', () => {
    for (const text of ['r1 1, w2 1, r1 1', 'r1 1, w2 1, w2 2, r1 1', 'r1 2, r3 1, w2 1, i2 2, r1 2']) {
      const verdicts = [guarantees(text), guarantees(text, { realtime: true }), stale(text)];
      for (const verdict of verdicts) {
        expect(verdict.validity).toBe('invalid');
        expect(kinds(verdict)).toContain('future-read');
      }
    }
    expect(stale('r1 1, w2 1, w2 2, r1 1', { maxStalenessVersions: 0 }).details).toMatchObject({
      impossible: 1,
      stale: 1,
      stalestVersions: 1,
    });
    expect(stale('r1 1, w2 1').anomalies[0].sentence).toBe(
      'process 1 at 0.0000 s read 1 from the register before its only write began: a read from the future. ' +
        'It ended 1 ms before the write by process 2 at 0.0020 s',
    );
  });

  it('may be a compare-and-set that finds what only it was about to write', () => {
    expect(guarantees('c1 5 5').anomalies[0].sentence).toMatch(/found in the register the value that only it/);
  });
});

describe('nonsense', () => {
  it('ends: whatever reads show, and whenever', () => {
    const step = fc.record({
      letter: fc.constantFrom('w', 'r', 'r', 'r', 'c', 'i', 'f'),
      process: fc.nat(3),
      value: fc.nat(5),
      other: fc.nat(5),
      spread: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.boolean(), (steps, realtime) => {
        const history = nonsense(steps);
        for (const check of [sessionGuarantees, staleness]) {
          const verdict = check.check(history, { budget: UNLIMITED, options: { realtime } }) as Verdict;
          for (const anomaly of verdict.anomalies) expect(anomaly.operations.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('ends for succession itself, with versions that take effect before they begin', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 8 }), (writes) => {
        const operations = writes
          .map(([invoked, completed], at) => ({ session: 0, invoked, completed, read: NONE, written: at + 1 }))
          .sort((a, b) => a.invoked - b.invoked);
        const effective = Int32Array.from([NONE, ...writes.map(([, , done]) => done)]);
        const log: RegisterLog = {
          key: undefined,
          initial: null,
          operations,
          versions: operations.length + 1,
          writers: Int32Array.from([NONE, ...operations.keys()]),
          effective,
          aborted: [],
          roles: USUAL_ROLES,
        };
        const succession = new Succession(log, effective);
        for (let version = 0; version < log.versions; version++) {
          expect(succession.countBefore(version, 30)).toBeLessThanOrEqual(log.versions);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

interface Step {
  readonly letter: string;
  readonly process: number;
  readonly value: number;
  readonly other: number;
  readonly spread: number;
}

/** Events of the steps, each completion so many steps after its invocation; what a busy process would begin is left out. */
function nonsense(steps: readonly Step[]): History {
  const events: EventInput[] = [];
  const busyUntil = new Map<number, number>();
  const pending: { readonly due: number; readonly event: EventInput }[] = [];
  const flush = (now: number) => {
    for (const { event } of pending.filter(({ due }) => due === now)) events.push(event);
  };
  steps.forEach(({ letter, process, value, other, spread }, now) => {
    flush(now);
    if ((busyUntil.get(process) ?? 0) > now) return;
    const f = letter === 'r' ? 'read' : letter === 'c' ? 'cas' : 'write';
    const asked: Json = f === 'read' ? null : f === 'cas' ? [other, value] : value;
    const type = letter === 'i' ? 'info' : letter === 'f' ? 'fail' : 'ok';
    events.push({ process, type: 'invoke', f, value: asked });
    const completion: EventInput = { process, type, f, value: f === 'read' ? (value === 0 ? null : value) : asked };
    if (spread === 0) events.push(completion);
    else {
      busyUntil.set(process, now + spread);
      pending.push({ due: now + spread, event: completion });
    }
  });
  return historyOf(events);
}
