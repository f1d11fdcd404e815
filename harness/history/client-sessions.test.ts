import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventInput, HistoryBuilder, historyOf } from './builder.js';
import { clientSessions } from './client-sessions.js';
import type { EventType } from './operation.js';

const operation = (process: number, type: EventType): EventInput[] => [
  { process, type: 'invoke', f: 'read' },
  { process, type, f: 'read' },
];

describe('sessions of clients', () => {
  it('are processes, without a copy, where no process is used again', () => {
    const history = historyOf([...operation(0, 'ok'), ...operation(1, 'info'), ...operation(0, 'fail')]);
    expect(clientSessions(history)).toEqual({ sessions: history.columns.processes, reused: [] });
    expect(clientSessions(history).sessions).toBe(history.columns.processes);
  });

  it('begin anew after every unknown outcome, under numbers of their own', () => {
    const events = [...operation(0, 'info'), ...operation(3, 'ok'), ...operation(0, 'info'), ...operation(0, 'ok')];
    const { sessions, reused } = clientSessions(historyOf(events));
    expect([...sessions]).toEqual([0, 0, 3, 3, 4, 4, 5, 5]);
    expect(reused).toEqual([4, 6]);
  });

  it('leave the nemesis alone, and take huge process numbers', () => {
    const nemesis: EventInput[] = [
      { process: 'nemesis', type: 'invoke', f: 'kill' },
      { process: 'nemesis', type: 'info', f: 'kill' },
    ];
    const events = [...nemesis, ...operation(2_000_000_000, 'info'), ...nemesis, ...operation(2_000_000_000, 'ok')];
    expect([...clientSessions(historyOf(events)).sessions]).toEqual([
      ...[-1, -1, 2_000_000_000, 2_000_000_000],
      ...[-1, -1, 2_000_000_001, 2_000_000_001],
    ]);
  });

  it('are told of where a process goes on, with the line', () => {
    const builder = new HistoryBuilder();
    for (const event of [...operation(7, 'info'), ...operation(7, 'info'), ...operation(7, 'ok')])
      builder.append(event);
    builder.build();
    expect(builder.notes).toEqual([
      'process 7 goes on after an operation of unknown outcome on line 3 (and 1 more like it): what follows is taken as a new session',
    ]);
  });

  it('by definition: two events share one iff they share the process and no info lies between', () => {
    const step = fc.tuple(fc.nat(3), fc.constantFrom<EventType>('ok', 'fail', 'info'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const history = historyOf(steps.flatMap(([process, type]) => operation(process, type)));
        const { sessions } = clientSessions(history);
        for (let b = 0; b < steps.length; b++) {
          for (let a = 0; a < b; a++) {
            const [process] = steps[a];
            const isCut = steps.slice(a, b).some(([other, type]) => other === process && type === 'info');
            expect(sessions[2 * a] === sessions[2 * b]).toBe(process === steps[b][0] && !isCut);
          }
        }
      }),
    );
  });
});
