import type { Operation } from '../../harness/history/operation.js';
import type { Sabotage } from './means.js';

const isClient = ({ process }: Operation) => process !== 'nemesis';

/** Journals that do not hold what happened. */
export const JOURNAL_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a journal that drops every fifth completion',
    faults: ['kill:one'],
    journal: (events) => {
      let completions = 0;
      return events.filter((event) => event.type === 'invoke' || !isClient(event) || ++completions % 5 !== 0);
    },
    ...{ expected: 'not valid', says: /./, quick: true },
  },
  {
    name: 'a journal that drops every fifth operation',
    faults: ['kill:one'],
    journal: (events) => {
      const open = new Set<unknown>();
      let operations = 0;
      return events.filter((event) => {
        if (!isClient(event)) return true;
        if (event.type === 'invoke' && ++operations % 5 === 0) open.add(event.process);
        const drop = open.has(event.process);
        if (event.type !== 'invoke') open.delete(event.process);
        return !drop;
      });
    },
    ...{ expected: 'not valid', says: /./ },
  },
  {
    name: 'a journal that drops the faults',
    faults: ['kill:one'],
    journal: (events) => events.filter(({ process, f }) => process !== 'nemesis' || (f !== 'kill' && f !== 'heal')),
    ...{ expected: 'inconclusive', says: /never took place|planned faults|the nemesis counted/, quick: true },
  },
  {
    name: 'a journal that drops what was counted at the nodes, and its end',
    faults: ['kill:one'],
    journal: (events) => events.filter(({ process, f }) => process !== 'nemesis' || (f !== 'work' && f !== 'note')),
    ...{ expected: 'inconclusive', says: /cut short/ },
  },
  {
    name: 'intervals narrowed to their last moment',
    faults: ['kill:one'],
    journal: (events) => {
      const invocations = new Map<unknown, Operation>();
      return events.flatMap((event) => {
        if (!isClient(event)) return [event];
        if (event.type === 'invoke') {
          invocations.set(event.process, event);
          return [];
        }
        const invocation = invocations.get(event.process);
        invocations.delete(event.process);
        return invocation === undefined ? [event] : [{ ...invocation, time: event.time }, event];
      });
    },
    ...{ expected: 'not valid', says: /./ },
  },
];
