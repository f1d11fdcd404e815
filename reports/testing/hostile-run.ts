import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { ReportInput } from '../report.js';
import { at, checkOf, faultsOf, historyOf, invalidOf, planOf, resultsOf } from './runs.js';

export const HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">';
export const BACKWARDS = 'paid \u202e001\u202c to\u2066 you\u2069 \u200f';

/** Values, keys, names and sentences that try to break out, mislead, or are very long. */
export function hostileRun(): ReportInput {
  const big = 'x'.repeat(1_000_000);
  const values: readonly Json[] = [
    HOSTILE,
    BACKWARDS,
    big,
    '<!--',
    ']]>',
    '\u0000\u001b[31mred',
    '\ud800 lone',
    '|`*_@everyone',
    { [HOSTILE]: big },
  ];
  const events = values.flatMap((value, position): EventInput[] => [
    {
      process: position,
      type: 'invoke',
      f: 'write',
      value,
      key: HOSTILE,
      node: BACKWARDS,
      workload: HOSTILE,
      time: at(position),
    },
    {
      process: position,
      type: position % 2 === 0 ? 'ok' : 'fail',
      f: 'write',
      value,
      key: HOSTILE,
      node: BACKWARDS,
      workload: HOSTILE,
      time: at(position + 0.5),
      ...(position % 2 === 1 && { error: `${HOSTILE}: ${BACKWARDS}` }),
    },
  ]);
  const everywhere = `${HOSTILE} ]]> ${BACKWARDS} \u0007 ${big}`;
  return {
    plan: planOf({ runId: HOSTILE, command: everywhere, consistency: HOSTILE }),
    history: historyOf(events),
    results: resultsOf({
      outcome: 'invalid',
      sentence: everywhere,
      harnessError: everywhere,
      notes: [everywhere],
      errors: [{ code: HOSTILE, count: 3, example: everywhere }],
      faults: faultsOf(2).map((fault) => ({ ...fault, description: everywhere, kind: HOSTILE })),
      checks: [
        checkOf(
          HOSTILE,
          invalidOf({
            kind: HOSTILE,
            sentence: everywhere,
            operations: [0, 1, 2, 3, 4],
            explanation: [everywhere],
            rulesOut: [HOSTILE],
            details: { [HOSTILE]: everywhere },
            drawing: { kind: 'lanes', obstacles: [{ index: 2, reason: everywhere }] },
          }),
          { workload: HOSTILE },
        ),
        checkOf(
          'cycles',
          invalidOf({
            kind: 'G1c',
            sentence: HOSTILE,
            operations: [],
            drawing: {
              kind: 'cycle',
              nodes: [
                { name: HOSTILE, label: everywhere, index: 0 },
                { name: 'T2', label: BACKWARDS, index: 2 },
              ],
              edges: [
                { from: 0, to: 1, relation: HOSTILE, because: everywhere },
                { from: 1, to: 0, relation: 'constructor', because: 'b' },
              ],
            },
          }),
        ),
        checkOf(
          'series',
          invalidOf({
            kind: 'total-changed',
            sentence: 's',
            operations: [],
            drawing: { kind: 'series', label: everywhere, times: [0, at(1)], values: [1, 2], markedTime: at(1) },
          }),
        ),
      ],
    }),
    logs: [{ node: BACKWARDS, file: HOSTILE, excerpt: HOSTILE, text: everywhere }],
  };
}
