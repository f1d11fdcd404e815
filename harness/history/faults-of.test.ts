import { describe, expect, it } from 'vitest';
import { type EventInput, historyOf } from './builder.js';
import { faultsOf, phasesOf } from './faults-of.js';
import type { EventType, Json } from './operation.js';

const client = (time: number, process: number, type: EventType, f = 'read'): EventInput => ({ time, process, type, f });
const nemesis = (time: number, type: EventType, f: string, value: Json, error?: string): EventInput => ({
  time,
  process: 'nemesis',
  type,
  f,
  value,
  ...(error !== undefined && { error }),
});
const request = { id: 1, kind: 'kill', target: 'leader', order: ['n2', 'n1', 'n3'] };
const injected = { ...request, description: 'n2 killed', nodes: ['n2'], leadersBefore: ['n2'] };
const healed = {
  id: 1,
  evidence: [{ what: 'pid of n2', expected: 'gone', measured: 'gone', bit: true }],
  effective: true,
  healing: [{ what: 'n2 answers', expected: 'yes', measured: 'yes', bit: true }],
  healed: true,
  leadersAfter: ['n3'],
};

describe('faultsOf', () => {
  const events = [
    client(1, 0, 'invoke'),
    client(2, 1, 'invoke', 'write'),
    nemesis(3, 'invoke', 'kill', request),
    client(4, 0, 'ok'),
    client(5, 0, 'invoke'),
    nemesis(6, 'ok', 'kill', injected),
    client(7, 0, 'ok'),
    client(8, 1, 'info', 'write'),
    client(9, 2, 'invoke', 'write'),
    nemesis(20, 'invoke', 'heal', { id: 1 }),
    client(21, 2, 'fail', 'write'),
    client(22, 0, 'invoke'),
    nemesis(30, 'ok', 'heal', healed),
    client(31, 0, 'ok'),
    client(32, 0, 'invoke'),
    client(33, 2, 'invoke', 'write'),
    client(34, 0, 'ok'),
    client(40, 2, 'ok', 'write'),
    client(90, 3, 'invoke', 'ledger'),
    client(99, 3, 'ok', 'ledger'),
  ];

  it('believes no fault that says it bit and shows nothing for it', () => {
    const shown = (evidence: Json) =>
      faultsOf(
        historyOf([
          nemesis(3, 'invoke', 'kill', request),
          nemesis(6, 'ok', 'kill', injected),
          nemesis(30, 'ok', 'heal', { ...healed, evidence }),
        ]),
      )[0].effective;
    expect(shown(healed.evidence)).toBe(true);
    expect(shown([])).toBe(false);
    expect(shown('all of it')).toBe(false);
    expect(shown([{ ...healed.evidence[0], bit: false }])).toBe(false);
  });

  it('joins injection, heal, evidence, window and recovery', () => {
    expect(faultsOf(historyOf(events))).toEqual([
      {
        ...injected,
        requestedTime: 3,
        injectedTime: 6,
        healedTime: 30,
        leadersAfter: ['n3'],
        evidence: healed.evidence,
        effective: true,
        healing: healed.healing,
        healed: true,
        // In flight at 6: the second read of 0 and the write of 1. Read and write of `2` after 20 do not count.
        window: { inFlight: 2, ok: 1, fail: 0, info: 1 },
        // Reads recovered at 34 (the one that ended at 31 was invoked before the heal), writes at 40.
        recoveryNs: 10,
        recoveries: [
          { f: 'read', recoveryNs: 4 },
          { f: 'write', recoveryNs: 10 },
        ],
      },
    ]);
  });

  it('tells a fault that was never healed as neither effective nor healed', () => {
    const [fault] = faultsOf(historyOf(events.slice(0, 9)));
    expect(fault).toMatchObject({
      injectedTime: 6,
      effective: false,
      healed: false,
      window: { inFlight: 2, ok: 1, info: 1 },
    });
    expect(fault).not.toHaveProperty('healedTime');
    expect(fault).not.toHaveProperty('recoveryNs');
    expect(fault).not.toHaveProperty('recoveries');
  });

  it('never recovers when a kind of operation fails for ever', () => {
    const [fault] = faultsOf(historyOf(events.slice(0, 17)));
    expect(fault.recoveryNs).toBeUndefined();
    expect(fault.recoveries).toEqual([{ f: 'read', recoveryNs: 4 }, { f: 'write' }]);
  });

  it('keeps kinds of the same name of different workloads apart', () => {
    const of = (workload: string, event: EventInput): EventInput => ({ ...event, workload });
    const [fault] = faultsOf(
      historyOf([
        of('set', client(1, 0, 'invoke')),
        of('bank', client(2, 1, 'invoke')),
        nemesis(3, 'invoke', 'kill', request),
        nemesis(4, 'ok', 'kill', injected),
        nemesis(10, 'invoke', 'heal', { id: 1 }),
        nemesis(11, 'ok', 'heal', healed),
        of('set', client(12, 0, 'ok')),
        of('bank', client(12, 1, 'ok')),
        of('set', client(13, 0, 'invoke')),
        of('bank', client(14, 1, 'invoke')),
        of('bank', client(19, 1, 'ok')),
      ]),
    );
    expect(fault.recoveries).toEqual([
      { workload: 'bank', f: 'read', recoveryNs: 8 },
      { workload: 'set', f: 'read' },
    ]);
    expect(fault).not.toHaveProperty('recoveryNs');
  });

  it('keeps the error of a fault that could not be injected', () => {
    const [fault] = faultsOf(
      historyOf([nemesis(3, 'invoke', 'kill', request), nemesis(4, 'info', 'kill', request, 'no-such-process: n2')]),
    );
    expect(fault).toMatchObject({ error: 'no-such-process: n2', effective: false, nodes: [], window: { inFlight: 0 } });
    expect(fault).not.toHaveProperty('injectedTime');
  });

  it('ignores nemesis events of other tools', () => {
    expect(faultsOf(historyOf([nemesis(1, 'info', 'start', null), nemesis(2, 'info', 'stop', ['n1'])]))).toEqual([]);
  });
});

describe('phasesOf', () => {
  it('ends a phase where the next begins and the last with the history', () => {
    const history = historyOf([
      nemesis(0, 'info', 'phase', 'warm-up'),
      nemesis(5, 'info', 'phase', 'faults'),
      client(8, 0, 'invoke'),
    ]);
    expect(phasesOf(history)).toEqual([
      { name: 'warm-up', startTime: 0, endTime: 5 },
      { name: 'faults', startTime: 5, endTime: 8 },
    ]);
  });
});
