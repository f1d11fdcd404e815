import type { Anomaly } from '../../checkers/checker.js';
import type { EventInput } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import { operationsOf, type ReportedOperation } from '../operation.js';
import type { ReportInput } from '../report.js';
import { at, checkOf, historyOf, invalidOf, resultsOf, SECOND } from './runs.js';
import { ASSUMPTIONS, validRun } from './valid-run.js';

/** The same traffic with three violations of three kinds in it. */
export function invalidRun(operations = 6_000): ReportInput {
  const valid = validRun(operations);
  const { history, proof } = withStaleRead(valid.history);
  return {
    ...valid,
    history,
    results: {
      ...valid.results,
      outcome: 'invalid',
      sentence: proof.sentence,
      checks: [
        checkOf('linearizability', invalidOf(proof), { workload: 'register' }),
        checkOf('bank', invalidOf(moneyLost(history)), { workload: 'bank' }),
        checkOf('cycles', invalidOf(cycle(history)), { workload: 'append' }),
        ASSUMPTIONS,
      ],
    },
  };
}

/** A bare history of nine operations that is not linearizable: no plan, no faults. */
export function bareRegister(): ReportInput {
  const history = historyOf(STALE_READ);
  return {
    history,
    results: resultsOf({
      runId: 'register.jsonl',
      outcome: 'invalid',
      sentence: 'Process 3 read 1 from x after process 1 had read 2, which replaced it.',
      checks: [
        checkOf(
          'linearizability',
          invalidOf({
            kind: 'nonlinearizable',
            sentence:
              'Process 3 read 1 from x on n3 at 0.660 s, although process 1 had read 2 from it by 0.520 s, and nothing wrote 1 again.',
            operations: [0, 2, 1, 4, 5, 6, 7, 8, 9],
            rulesOut: ['linearizable'],
            drawing: {
              kind: 'lanes',
              linearized: [0, 1, 4, 6],
              obstacles: [{ index: 8, reason: 'read 1, but the register holds 2 and nothing can write 1 again' }],
            },
          }),
        ),
      ],
    }),
  };
}

const STALE_READ: readonly EventInput[] = [
  { process: 0, type: 'invoke', f: 'write', value: 1, key: 'x', node: 'n1', time: at(0.1) },
  { process: 1, type: 'invoke', f: 'read', value: null, key: 'x', node: 'n2', time: at(0.15) },
  { process: 0, type: 'ok', f: 'write', value: 1, key: 'x', node: 'n1', time: at(0.22) },
  { process: 1, type: 'ok', f: 'read', value: 1, key: 'x', node: 'n2', time: at(0.31) },
  { process: 2, type: 'invoke', f: 'write', value: 2, key: 'x', node: 'n3', time: at(0.35) },
  { process: 2, type: 'info', f: 'write', value: 2, key: 'x', node: 'n3', time: at(0.42), error: 'timeout' },
  { process: 1, type: 'invoke', f: 'read', value: null, key: 'x', node: 'n2', time: at(0.45) },
  { process: 1, type: 'ok', f: 'read', value: 2, key: 'x', node: 'n2', time: at(0.52) },
  { process: 3, type: 'invoke', f: 'read', value: null, key: 'x', node: 'n3', time: at(0.58) },
  { process: 3, type: 'ok', f: 'read', value: 1, key: 'x', node: 'n3', time: at(0.66) },
];

/** Changes the answers of two reads so that one sees a write and a later one does not. */
function withStaleRead(history: History): { readonly history: History; readonly proof: Anomaly } {
  const events = [...history.events()];
  const all = operationsOf(
    history,
    events.filter(({ key }) => key === 'r3').map(({ index }) => index),
  );
  const ok = all.filter(({ outcome, startTime }) => outcome === 'ok' && startTime > 11 * SECOND);
  const after = (f: string, operation?: ReportedOperation) =>
    ok.find((each) => each.f === f && (operation === undefined || each.index > operation.completionIndex!))!;
  const older = after('write');
  const newer = after('write', older);
  const fresh = after('read', newer);
  const stale = ok.find(
    (each) => each.f === 'read' && each.index > fresh.completionIndex! && each.process !== fresh.process,
  )!;
  const answer = (read: ReportedOperation, write: ReportedOperation) => {
    events[read.completionIndex!] = { ...events[read.completionIndex!], value: write.input };
  };
  answer(fresh, newer);
  answer(stale, older);
  const read = (each: ReportedOperation) =>
    `read ${JSON.stringify((each === fresh ? newer : older).input)} from r3 on ${each.node!} at ${(each.startTime / SECOND).toFixed(2)} s`;
  return {
    history: historyOf(events),
    proof: {
      kind: 'nonlinearizable',
      sentence: `Process ${stale.process} ${read(stale)}, although process ${fresh.process} had already read the newer ${JSON.stringify(newer.input)} on ${fresh.node!}.`,
      operations: [older, newer, fresh, stale].map(({ index }) => index),
      explanation: [
        'The newer value was written and read before the stale read began, and nothing wrote the old one again.',
      ],
      rulesOut: ['linearizable', 'strict-serializable'],
      drawing: {
        kind: 'lanes',
        linearized: [older, newer, fresh].map(({ index }) => index),
        obstacles: [
          {
            index: stale.index,
            reason: `read ${JSON.stringify(older.input)}, but the register holds ${JSON.stringify(newer.input)} and no write of the old value is left`,
          },
        ],
      },
    },
  };
}

function moneyLost(history: History): Anomaly {
  const times = Array.from({ length: 240 }, (_, step) => at(1 + step * 0.24));
  return {
    kind: 'total-changed',
    sentence:
      'The accounts add up to 985 instead of 1,000 in the read of process 7 on n3 at 31.20 s: 15 disappeared with transfer 2114.',
    operations: pick(history, 'bank', undefined, 4, 31 * SECOND),
    rulesOut: ['serializable'],
    drawing: {
      kind: 'series',
      label: 'Sum of all balances',
      times,
      values: times.map((time) => (time >= at(31.2) ? 985 : 1_000)),
      expected: 1_000,
      markedTime: times.find((time) => time >= at(31.2))!,
    },
  };
}

function cycle(history: History): Anomaly {
  const proof = pick(history, 'register', 'r1', 3, 22 * SECOND);
  return {
    kind: 'G-single-item-realtime',
    sentence: 'T1 saw the append of T2 and missed the one of T3, which completed before T1 began.',
    operations: proof,
    explanation: [
      'Let T1 = [r x [1 2], append y 5], T2 = [append x 2], T3 = [append y 4, r x [1]].',
      'Then T2 < T1, because T1 observed the append of 2 to x; T1 < T3, because T3 did not observe 5; and T3 < T2 in real time.',
      'A contradiction.',
    ],
    rulesOut: ['strict-serializable', 'strong-session-snapshot-isolation'],
    drawing: {
      kind: 'cycle',
      nodes: [
        { name: 'T1', label: 'r x [1 2], append y 5', index: proof[0] },
        { name: 'T2', label: 'append x 2', index: proof[1] },
        { name: 'T3', label: 'append y 4, r x [1]', index: proof[2] },
      ],
      edges: [
        { from: 0, to: 2, relation: 'rw', because: 'T1 appended 5 to y, which T3 did not observe' },
        { from: 2, to: 1, relation: 'realtime', because: 'T3 completed at 22.10 s, before T2 was invoked at 22.14 s' },
        { from: 1, to: 0, relation: 'wr', because: 'T1 observed the append of 2 to x' },
      ],
    },
  };
}

/** Journal indices of invocations of a workload and key from a time on. */
function pick(history: History, workload: string, key: string | undefined, number: number, from: number): number[] {
  const found: number[] = [];
  for (const event of history.events()) {
    if (event.type !== 'invoke' || event.workload !== workload || event.time < from) continue;
    if (key === undefined || event.key === key) found.push(event.index);
    if (found.length === number) break;
  }
  return found;
}
