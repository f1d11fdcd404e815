import type { History } from '../../harness/history/history.js';
import type { OperationCounts } from '../../harness/run/plan.js';
import type { ReportInput } from '../report.js';
import { checkOf, faultsOf, PHASES, planOf, resultsOf, VALID } from './runs.js';
import { traffic } from './synthetic.js';

const BANK_VALID = {
  ...VALID,
  checked: [
    'Every snapshot adds up to 1,000.',
    'No balance is negative.',
    'Every acknowledged transfer is in the final ledger, once.',
  ],
  notChecked: [],
} as const;

export const ASSUMPTIONS = checkOf('assumptions', {
  ...VALID,
  checked: ['Every kind of operation succeeded before, during and after faults.', 'Final reads were made.'],
  notChecked: [],
});

/** A minute of traffic under nine faults, nothing wrong. */
export function validRun(operations = 6_000): ReportInput {
  const history = traffic(operations);
  return {
    plan: planOf(),
    history,
    results: resultsOf({
      checks: [
        checkOf('linearizability', VALID, { workload: 'register' }),
        checkOf('bank', BANK_VALID, { workload: 'bank', durationMs: 61 }),
        checkOf(
          'linearizability',
          {
            ...VALID,
            validity: 'unknown',
            reason: 'the memory budget of 2 GB was met after 4,100 of 5,912 operations',
            checked: ['The first 4,100 operations.'],
            notChecked: ['The rest.'],
          },
          { workload: 'bank', required: false, durationMs: 20_000 },
        ),
        ASSUMPTIONS,
      ],
      faults: faultsOf(9),
      phases: PHASES,
      counts: countsOf(history),
      errors: [
        { code: 'timeout', count: 96, example: 'timeout: no answer within 2000 ms' },
        { code: 'refused', count: 203, example: 'refused: connection refused' },
      ],
      eventLoopLag: { p50Ms: 0.4, p99Ms: 6.2, maxMs: 41.8 },
      notes: ['Node n3 needed 4.1 s to answer after it was restarted.'],
    }),
    logs: [
      {
        node: 'n3',
        file: 'n3/etcd.log',
        excerpt: 'around the first fault',
        text: '2026-11-20 10:15:09.218 W | etcdserver: lost the TCP streaming connection with peer\n2026-11-20 10:15:10.004 I | raft: became leader at term 4',
      },
    ],
  };
}

/** Counts as the run store makes them: by workload, kind and phase. */
export function countsOf(history: History): OperationCounts[] {
  const counts = new Map<
    string,
    { workload?: string; f: string; phase: string; ok: number; fail: number; info: number }
  >();
  for (const { type, process, f, workload, time } of history.events()) {
    if (type === 'invoke' || process === 'nemesis') continue;
    const phase = PHASES.find(({ endTime }) => time < endTime)?.name ?? 'final';
    const name = `${workload ?? ''} ${f} ${phase}`;
    const entry = counts.get(name) ?? {
      ...(workload !== undefined && { workload }),
      f,
      phase,
      ok: 0,
      fail: 0,
      info: 0,
    };
    entry[type]++;
    counts.set(name, entry);
  }
  const order = PHASES.map(({ name }) => name as string);
  return [...counts.values()].sort((a, b) => order.indexOf(a.phase) - order.indexOf(b.phase));
}
