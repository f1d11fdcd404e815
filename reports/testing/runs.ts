import type { Anomaly, Verdict } from '../../checkers/checker.js';
import { HistoryBuilder, type EventInput } from '../../harness/history/builder.js';
import type { FaultRecord, Phase } from '../../harness/history/faults.js';
import type { History } from '../../harness/history/history.js';
import { FORMAT_VERSION, type CheckerResult, type Plan, type Results } from '../../harness/run/plan.js';

/** Shared pieces of the fixture runs. Times are given in seconds where a fixture is read by people. */
export const SECOND = 1e9;
export const at = (seconds: number): number => Math.round(seconds * SECOND);

export function historyOf(events: readonly EventInput[]): History {
  const builder = new HistoryBuilder();
  for (const event of events) builder.append(event);
  return builder.build();
}

export function planOf(overrides: Partial<Plan> = {}): Plan {
  return {
    formatVersion: FORMAT_VERSION,
    faultlineVersion: '0.1.0',
    runId: '20261120-101502-etcd-7f3a',
    createdAt: '2026-11-20T10:15:02.000Z',
    command:
      'faultline test etcd --workload register,bank --nemesis partition,kill,pause --nodes 5 --rate 200 --time-limit 60 --seed 812',
    seed: 812,
    system: {
      name: 'etcd',
      options: { reads: 'linearizable' },
      nodes: 5,
      claims: { consistency: 'linearizable', source: 'etcd documentation, "KV API guarantees"' },
      versions: {
        etcd: '3.4.23',
        'faultline/etcd': 'sha256:5d1c9c1b0c6f4a8f8a3d2e7b9f6a1c0d4e5b6a7f8091a2b3c4d5e6f708192a3b',
      },
    },
    workloads: [
      { name: 'register', options: { keys: 10 }, keyspace: 'register/', concurrency: 5 },
      { name: 'bank', options: { accounts: 10, initialBalance: 100 }, keyspace: 'bank/', concurrency: 5 },
    ],
    nemeses: ['partition', 'kill', 'pause'],
    schedule: [],
    rateHz: 200,
    operationTimeoutMs: 2_000,
    warmUpMs: 5_000,
    timeLimitMs: 45_000,
    recoveryMs: 5_000,
    ...overrides,
  };
}

export function resultsOf(overrides: Partial<Results> = {}): Results {
  return {
    formatVersion: FORMAT_VERSION,
    runId: '20261120-101502-etcd-7f3a',
    outcome: 'valid',
    sentence: 'Every read was fresh and all money was conserved while 9 faults struck 5 nodes.',
    checks: [],
    faults: [],
    phases: [],
    counts: [],
    errors: [],
    notes: [],
    ...overrides,
  };
}

export function checkOf(checker: string, verdict: Verdict, overrides: Partial<CheckerResult> = {}): CheckerResult {
  return { checker, required: true, verdict, durationMs: 184, ...overrides };
}

export function invalidOf(...anomalies: [Anomaly, ...Anomaly[]]): Verdict {
  return {
    validity: 'invalid',
    anomalies,
    details: {},
    checked: ['Every key on its own, against a read/write/compare-and-set register.'],
    notChecked: [],
  };
}

export const VALID: Verdict = {
  validity: 'valid',
  anomalies: [],
  details: { operations: 5_912 },
  checked: ['Every key on its own, against a read/write/compare-and-set register.', '10 keys, 5,912 operations.'],
  notChecked: ['The order of operations on different keys.'],
};

export const PHASES: readonly Phase[] = [
  { name: 'warm-up', startTime: 0, endTime: 5 * SECOND },
  { name: 'faults', startTime: 5 * SECOND, endTime: 50 * SECOND },
  { name: 'recovery', startTime: 50 * SECOND, endTime: 55 * SECOND },
  { name: 'final', startTime: 55 * SECOND, endTime: 60 * SECOND },
];

const KINDS = [
  ['partition', 'n1 n2 | n3 n4 n5 cut, both ways', ['n1', 'n2']],
  ['kill', 'n3, the leader, killed with SIGKILL', ['n3']],
  ['pause', 'n4 n5 stopped with SIGSTOP', ['n4', 'n5']],
] as const;

/** Faults one after another through the faults phase; every seventh had no effect. */
export function faultsOf(number: number): FaultRecord[] {
  const step = (45 * SECOND) / number;
  return Array.from({ length: number }, (_, position) => {
    const [kind, description, nodes] = KINDS[position % KINDS.length];
    const injectedTime = 5 * SECOND + position * step + step * 0.2;
    const effective = position % 7 !== 5;
    return {
      id: position + 1,
      kind,
      target: 'minority',
      order: ['n1', 'n2', 'n3', 'n4', 'n5'],
      description,
      nodes: [...nodes],
      requestedTime: injectedTime - 40e6,
      injectedTime,
      healedTime: injectedTime + step * 0.6,
      leadersBefore: [`n${1 + (position % 5)}`],
      leadersAfter: [`n${1 + ((position + 1) % 5)}`],
      evidence: [
        { what: 'packets dropped n1 to n3', expected: '> 0', measured: effective ? '1,482' : '0', bit: effective },
        {
          what: 'new connection n1 to n3',
          expected: 'no answer',
          measured: effective ? 'no answer in 1 s' : 'answered in 2 ms',
          bit: effective,
        },
      ],
      effective,
      healing: [{ what: 'new connection n1 to n3', expected: 'answered', measured: 'answered in 3 ms', bit: true }],
      healed: true,
      window: { inFlight: 7, ok: 412, fail: 18, info: 9 },
      ...(position === 0 && { options: { share: 0.25 }, firedBy: 'leader changed from n2 to n1' }),
      ...recoveryOf(position),
    };
  });
}

/** Reads are back before writes; after every fourth fault writes never are. */
function recoveryOf(position: number): Pick<FaultRecord, 'recoveryNs' | 'recoveries'> {
  const slowest = position % 4 !== 3 && { recoveryNs: (0.3 + 0.35 * (position % 5)) * SECOND };
  return {
    ...slowest,
    recoveries: [
      { f: 'read', recoveryNs: 0.25 * SECOND },
      { f: 'write', ...slowest },
    ],
  };
}
