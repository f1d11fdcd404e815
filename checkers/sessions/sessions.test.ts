import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import { type History, NONE } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { type Dice, Random } from '../../harness/kit/random.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { findCycle } from './cycle.js';
import { INITIAL, NEVER, type RegisterLog, registerLogs } from './register-log.js';
import { sessionGuarantees } from './session-guarantees.js';
import { staleness } from './staleness.js';
import { script } from './testing/script.js';
import {
  INHERENT,
  MONOTONIC_READS,
  MONOTONIC_WRITES,
  READ_YOUR_WRITES,
  REALTIME,
  VersionOrder,
  WRITES_FOLLOW_READS,
} from './version-order.js';

const guarantees = (text: string, options: Record<string, Json> = {}) =>
  sessionGuarantees.check(script(text), { budget: UNLIMITED, options }) as Verdict;
const stale = (text: string, options: Record<string, Json> = {}) =>
  staleness.check(script(text), { budget: UNLIMITED, options }) as Verdict;
const kinds = (verdict: Verdict) => verdict.anomalies.map(({ kind }) => kind);

describe('session-guarantees', () => {
  it.each([
    ['monotonic-reads', 'w1 1, w2 2, r3 1, r3 2, r4 2, r4 1'],
    ['read-your-writes', 'w1 1, r1 -'],
    ['read-your-writes', 'w1( 1, w2( 2, w1) 1, w2) 2, r1 2, r2 1'],
    ['writes-follow-reads', 'c5( 3 2, r1 2, w1 3, c5) 3 2'],
  ])('finds %s in %s', (kind, text) => {
    const verdict = guarantees(text);
    expect(verdict.validity).toBe('invalid');
    expect(kinds(verdict)).toContain(kind);
  });

  it('finds guarantees that are broken only together', () => {
    // 1 before 2 by the writer, 2 before 1 by a reader: neither is wrong by itself.
    const verdict = guarantees('w1 1, w1 2, r3 2, r3 1');
    expect(kinds(verdict)).toEqual(['session-order']);
    expect(verdict.anomalies[0].rulesOut).toEqual(['monotonic-reads with monotonic-writes']);
    expect(verdict.anomalies[0].sentence).toBe(
      'the register: process 3 at 0.0040 s read 2 and then, at 0.0060 s, 1, so 1 must not be older than 2; ' +
        'but it is, because process 1 at 0.0000 s wrote 1 and then, at 0.0020 s, 2',
    );
    expect(verdict.anomalies[0].operations).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('takes writes in real time only when told', () => {
    const text = 'w1 1, w2 2, r3 2, r3 1';
    expect(guarantees(text).validity).toBe('valid');
    expect(kinds(guarantees(text, { realtime: true }))).toEqual(['monotonic-reads']);
  });

  it('judges only the guarantees asked for', () => {
    expect(guarantees('w1 1, r1 -', { guarantees: 'monotonic-reads,monotonic-writes' }).validity).toBe('valid');
    expect(() => guarantees('w1 1', { guarantees: 'monotonic' })).toThrow(/unknown guarantee "monotonic"; there are /);
  });

  it('lets an unknown write take effect late', () => {
    expect(guarantees('i1 1, w1 2, r2 2, r2 1').validity).toBe('valid');
    expect(guarantees('i1 1, r1 -').validity).toBe('valid');
  });

  it('knows what a read can never show', () => {
    expect(kinds(guarantees('f1 1, r2 1'))).toEqual(['aborted-read']);
    expect(kinds(guarantees('w1 1, r2 7'))).toEqual(['unwritten-value']);
    expect(kinds(guarantees('r2 1, w1 1'))).toEqual(['future-read']);
  });

  it('does not guess where values repeat', () => {
    expect(guarantees('w1 1, w2 1, r1 1')).toMatchObject({ validity: 'unknown', reason: /more than once/ });
    expect(guarantees('w1 1').validity).toBe('unknown');
  });
});

describe('staleness', () => {
  it('counts versions and time since the read value was replaced', () => {
    expect(stale('w1 1, w1 2, w1 3, r2 1').details).toMatchObject({
      stale: 1,
      stalestVersions: 2,
      stalestMs: 3,
      register: 'none',
    });
  });

  it('calls a register regular when old follows new beside a write', () => {
    expect(stale('w1 1, w1( 2, r2 1, r3 1, w1) 2, r2 2').details).toMatchObject({ stale: 0, register: 'regular' });
    const inverted = 'w1 1, w1( 2, r2 1, r2 2, r3 1, w1) 2, r2 2';
    expect(stale(inverted).details).toMatchObject({ stale: 1, irregular: 0, register: 'regular' });
  });

  it('calls a register safe that is stale only beside writes', () => {
    expect(stale('w1 1, w1 2, w1( 3, r2 1, w1) 3, r2 3').details).toMatchObject({ stale: 1, register: 'safe' });
  });

  it('takes an unknown write for done once it was read', () => {
    expect(stale('w1 1, w1( 2, r2 1, r2 2').details).toMatchObject({ stale: 0 });
    expect(stale('w1 1, w1( 2, r2 2, r2 1').details).toMatchObject({ stale: 1, register: 'regular' });
    expect(stale('w1 1, w1( 2, r2 2, w3 3, r2 2').details).toMatchObject({ stale: 1, stalestVersions: 1 });
  });

  it.each<[Record<string, Json>, Verdict['validity']]>([
    [{}, 'valid'],
    [{ maxStalenessMs: 3 }, 'valid'],
    [{ maxStalenessMs: 2 }, 'invalid'],
    [{ maxStalenessVersions: '2' }, 'valid'],
    [{ maxStalenessVersions: 1 }, 'invalid'],
    [{ register: 'regular' }, 'invalid'],
    [{ register: 'safe' }, 'invalid'],
  ])('holds reads to %j', (options, validity) => {
    const verdict = stale('w1 1, w1 2, w1 3, r2 1', options);
    expect(verdict.validity).toBe(validity);
    if (validity === 'invalid') {
      expect(verdict.anomalies[0].sentence).toBe(
        'process 2 at 0.0060 s read 1 from the register, at least 2 versions and 3 ms behind: ' +
          '2, written by process 1 at 0.0020 s, was there at 0.0030 s',
      );
    }
  });
});

/** A register on which anything may be read. */
function anyHistory(dice: Dice): History {
  const events: EventInput[] = [];
  const open = new Map<number, EventInput>();
  let value = 0;
  const writes = 2 + dice.int(4);
  for (let step = 4 + dice.int(24); step > 0; step--) {
    const process = dice.int(3);
    const asked = open.get(process);
    if (asked === undefined) {
      const fresh = value < writes ? ++value : 0;
      const f = fresh === 0 || dice.chance(0.5) ? 'read' : dice.chance(0.2) ? 'cas' : 'write';
      if (f === 'read' && fresh > 0) value--;
      const invoke: EventInput = {
        process,
        type: 'invoke',
        f,
        value: f === 'read' ? null : f === 'cas' ? [dice.int(fresh), fresh] : fresh,
      };
      open.set(process, invoke);
      events.push(invoke);
    } else {
      open.delete(process);
      const seen = value === 0 || dice.chance(0.2) ? null : 1 + dice.int(value);
      const type = dice.pick(['ok', 'ok', 'ok', 'ok', 'fail', 'info'] as const);
      events.push({ ...asked, type, value: asked.f === 'read' ? seen : asked.value });
    }
  }
  return historyOf(events);
}

/** Whether some order of the versions that took effect satisfies the definitions, tried one by one. */
function bruteForce(log: RegisterLog, labels: number): boolean {
  const certain = Array.from(log.effective.keys()).filter((at) => at !== INITIAL && log.effective[at] !== NEVER);
  const place = new Int32Array(log.versions);
  const holds = () => constraints(log, labels).every(([older, newer]) => place[older] <= place[newer]);
  const attempt = (used: number): boolean =>
    used === certain.length
      ? holds()
      : certain.some((version) => {
          if (place[version] !== 0) return false;
          place[version] = used + 1;
          if (attempt(used + 1)) return true;
          place[version] = 0;
          return false;
        });
  return attempt(0);
}

function constraints(log: RegisterLog, labels: number): readonly (readonly [number, number])[] {
  const has = (label: number) => (labels & label) !== 0;
  const counts = (version: number) => version === INITIAL || (version > 0 && log.effective[version] !== NEVER);
  const found: (readonly [number, number])[] = [];
  log.operations.forEach((b, second) => {
    if (b.read >= INITIAL && b.written !== NONE) found.push([b.read, b.written]);
    for (const a of log.operations.slice(0, second)) {
      const [aSaw, bSaw] = [a, b].map((one) => (one.completed === NEVER ? NONE : one.read));
      if (has(REALTIME) && a.written !== NONE && b.written !== NONE && log.effective[a.written] < b.invoked) {
        found.push([a.written, b.written]);
      }
      if (a.session !== b.session) continue;
      const acknowledged = a.completed === NEVER ? NONE : a.written;
      if (has(MONOTONIC_READS)) found.push([aSaw, bSaw]);
      if (has(READ_YOUR_WRITES)) found.push([acknowledged, bSaw]);
      if (has(MONOTONIC_WRITES)) found.push([acknowledged, b.written]);
      if (has(WRITES_FOLLOW_READS)) found.push([aSaw, b.written]);
    }
  });
  return found.filter(([older, newer]) => counts(older) && counts(newer));
}

describe('the order of versions', () => {
  it('contradicts itself exactly when no order satisfies the definitions: 1,000 histories, 32 sets of guarantees each', () => {
    let random = Random.fromSeed(5);
    const tally = { satisfiable: 0, contradictory: 0 };
    for (let round = 0; round < 1000; round++) {
      const [history, next] = random.draw(anyHistory);
      random = next;
      const [log] = registerLogs(history, null);
      if (log === undefined || 'repeated' in log) continue;
      const order = new VersionOrder(log);
      for (let labels = INHERENT; labels < INHERENT + 16; labels++) {
        for (const wanted of [labels, labels | REALTIME]) {
          const cycle = findCycle(order, log.versions, wanted);
          expect([round, wanted, cycle === undefined]).toEqual([round, wanted, bruteForce(log, wanted)]);
          if (cycle === undefined) tally.satisfiable++;
          else tally.contradictory++;
          // What is shown as a contradiction is one: it closes, and uses nothing that was not asked for.
          cycle?.forEach((step, at) => {
            expect(step.to).toBe(cycle[(at + 1) % cycle.length].from);
            expect(step.label & wanted).toBe(step.label);
          });
        }
      }
    }
    expect(Math.min(tally.satisfiable, tally.contradictory)).toBeGreaterThan(1000);
  });
});

describe('staleness against its definition', () => {
  it('finds the longest run of writes between: 3,000 histories', () => {
    let random = Random.fromSeed(6);
    let stalest = 0;
    for (let round = 0; round < 3000; round++) {
      const [history, next] = random.draw(anyHistory);
      random = next;
      const [log] = registerLogs(history, null);
      if (log === undefined || 'repeated' in log) continue;
      const expected = Math.max(0, ...log.operations.map((operation) => versionsBehind(log, operation)));
      const verdict = staleness.check(history, { budget: UNLIMITED, options: {} }) as Verdict;
      expect([round, verdict.details.stalestVersions]).toEqual([round, expected]);
      const irregular = log.operations.filter((operation) => isIrregular(log, operation));
      const unsafe = irregular.filter((operation) => !besideWrite(log, operation));
      expect(verdict.details).toMatchObject({ irregular: irregular.length, unsafe: unsafe.length });
      stalest = Math.max(stalest, expected);
    }
    expect(stalest).toBeGreaterThan(2);
  });
});

/** The longest run, by trying all. */
function versionsBehind(log: RegisterLog, { completed, invoked, read }: RegisterLog['operations'][number]): number {
  if (completed === NEVER || read < INITIAL) return 0;
  const longest = (after: number): number => {
    let best = 0;
    for (let version = 1; version < log.versions; version++) {
      const begun = log.operations[log.writers[version]].invoked;
      if (begun > after && log.effective[version] < invoked) best = Math.max(best, 1 + longest(log.effective[version]));
    }
    return best;
  };
  return longest(log.effective[read]);
}

type Operation = RegisterLog['operations'][number];

/** Some write was acknowledged before the read began, and had begun after the write it shows was acknowledged. */
function isIrregular(log: RegisterLog, { completed, invoked, read }: Operation): boolean {
  if (completed === NEVER || read < INITIAL) return false;
  const ended = read === INITIAL ? NONE : log.operations[log.writers[read]].completed;
  return log.operations.some((other) => other.written !== NONE && other.invoked > ended && other.completed < invoked);
}

function besideWrite(log: RegisterLog, operation: Operation): boolean {
  return log.operations.some(
    (other) =>
      other !== operation &&
      other.written !== NONE &&
      other.invoked < operation.completed &&
      other.completed > operation.invoked,
  );
}
