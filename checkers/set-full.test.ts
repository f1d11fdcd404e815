import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History } from '../harness/history/history.js';
import type { Verdict } from './checker.js';
import { setFull } from './set-full.js';
import { contextWith, type Line, script, sequential } from './testing/script.js';

const check = (history: History, options = {}) => setFull.check(history, contextWith(options)) as Verdict;
const kinds = (verdict: Verdict) => verdict.anomalies.map((anomaly) => anomaly.kind);

describe('set-full', () => {
  it('accepts an element that appears and stays', () => {
    const verdict = check(
      script(...sequential(['add', 1, 'ok'], ['read', null, 'ok', [1]], ['read', null, 'ok', [1]])),
    );
    expect(verdict.validity).toBe('valid');
    expect(verdict.details).toMatchObject({ stable: 1, lost: 0 });
  });

  it('calls an acknowledged element lost that later reads miss', () => {
    const history = script(...sequential(['add', 1, 'ok'], ['add', 2, 'ok'], ['read', null, 'ok', [1]]));
    const verdict = check(history);
    expect(verdict.validity).toBe('invalid');
    expect(kinds(verdict)).toEqual(['lost']);
    expect(verdict.anomalies[0].sentence).toContain('Element 2');
    expect(verdict.anomalies[0].operations).toEqual([2, 3, 4, 5]);
  });

  it('does not blame a read that began before the element was known', () => {
    const lines: Line[] = [
      [0, 'invoke', 'read'],
      [1, 'invoke', 'add', 1],
      [1, 'ok', 'add', 1],
      [0, 'ok', 'read', []],
    ];
    expect(check(script(...lines, ...sequential(['read', null, 'ok', [1]]).map(later))).validity).toBe('valid');
  });

  it('calls it stale, when linearizability is asked for, that an element shows up late', () => {
    const history = script(...sequential(['add', 1, 'ok'], ['read', null, 'ok', []], ['read', null, 'ok', [1]]));
    expect(check(history).validity).toBe('valid');
    expect(kinds(check(history, { linearizable: true }))).toEqual(['stale-read']);
  });

  it('finds an element shown twice, one nobody added and one whose add failed', () => {
    const twice = script(...sequential(['add', 1, 'ok'], ['read', null, 'ok', [1, 1]]));
    expect(kinds(check(twice))).toEqual(['duplicate-elements']);
    const unknown = script(...sequential(['add', 1, 'ok'], ['read', null, 'ok', [1, 7]]));
    expect(kinds(check(unknown))).toEqual(['unexpected']);
    const failed = script(...sequential(['add', 1, 'ok'], ['add', 2, 'fail'], ['read', null, 'ok', [1, 2]]));
    expect(kinds(check(failed))).toEqual(['dirty-read']);
  });

  it('cannot say anything of a set that was never read', () => {
    expect(check(script(...sequential(['add', 1, 'ok']))).validity).toBe('unknown');
  });

  it('refuses a read that is no list, naming the event', () => {
    expect(() => check(script(...sequential(['add', 1, 'ok'], ['read', null, 'ok', 3])))).toThrow(
      /event 3: expected a list/,
    );
  });

  it('agrees with the definition, element by element', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const expected = byDefinition(history);
        const { lost, stable, stale } = check(history).details;
        expect({ lost, stable, stale }).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

const later = ([process, ...rest]: Line): Line => [process + 10, ...rest];

/** Overlapping adds of 0…4 and reads of arbitrary subsets, by three processes. */
const histories = fc
  .array(fc.tuple(fc.nat(2), fc.nat(4), fc.subarray([0, 1, 2, 3, 4]), fc.boolean()), { maxLength: 30 })
  .map((steps) => {
    const open = new Map<number, Line>();
    const added = new Set<number>();
    const lines: Line[] = [];
    for (const [process, element, shown, isRead] of steps) {
      const pending = open.get(process);
      if (pending) {
        const answer = pending[2] === 'read' ? shown.filter((each) => added.has(each)) : pending[3];
        lines.push([process, 'ok', pending[2], answer ?? null]);
        open.delete(process);
        continue;
      }
      if (!isRead && added.has(element)) continue;
      if (!isRead) added.add(element);
      const line: Line = [process, 'invoke', isRead ? 'read' : 'add', isRead ? null : element];
      open.set(process, line);
      lines.push(line);
    }
    return script(...lines);
  });

/** Jepsen's definition, written down naively over event objects. */
function byDefinition(history: History): { lost: number; stable: number; stale: number } {
  const events = [...history.events()];
  const pair = (at: number) => history.columns.pairs[at];
  const result = { lost: 0, stable: 0, stale: 0 };
  events.forEach((add, at) => {
    if (add.f !== 'add' || add.type !== 'invoke') return;
    const reads = events
      .map((read, i) => ({ read, i }))
      .filter(({ read, i }) => read.f === 'read' && read.type === 'ok' && i > at);
    const shows = ({ read }: { read: { value: unknown } }) => (read.value as number[]).includes(add.value as number);
    const present = reads.filter(shows);
    const absent = reads.filter((read) => !shows(read));
    const lastPresent = Math.max(-1, ...present.map(({ i }) => pair(i)));
    const lastAbsent = Math.max(-1, ...absent.map(({ i }) => pair(i)));
    const known = Math.min(pair(at) === -1 ? Infinity : pair(at), ...present.map(({ i }) => i));
    if (lastPresent > lastAbsent) {
      result.stable++;
      if (lastAbsent > known) result.stale++;
    } else if (known < lastAbsent) result.lost++;
  });
  return result;
}
