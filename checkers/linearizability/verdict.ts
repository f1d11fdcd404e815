import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, Verdict } from '../checker.js';
import type { Judged, Objects } from './objects.js';

/** The judgements of all objects as one verdict. */
export function verdictOf(
  model: string,
  objects: Objects,
  judged: readonly Judged[],
  anomalies: readonly Anomaly[],
  history: History,
): Verdict {
  const count = (validity: string) => judged.filter((one) => one.decision.validity === validity).length;
  const engines: Record<string, number> = {};
  for (const { decision } of judged) engines[decision.engine] = (engines[decision.engine] ?? 0) + 1;
  const undecided = judged.flatMap(({ decision }, object) =>
    decision.validity === 'unknown' ? [{ name: objects.name(object), ...decision }] : [],
  );
  const decided = judged.length - undecided.length;
  const details: Readonly<Record<string, Json>> = {
    condition: 'linearizability',
    model,
    objects: judged.length,
    operations: judged.reduce((sum, one) => sum + one.operations, 0),
    engines,
    maxConfigurations: judged.reduce((most, one) => Math.max(most, one.decision.maxConfigurations), 0),
    invalid: count('invalid'),
    undecided: undecided.length,
    ...ordersOf(history, objects, judged),
    ...(undecided.length > 0 && { provenPrefix: provenPrefix(history, undecided) }),
  };
  const plural = (n: number) => `${n} ${n === 1 ? 'object' : 'objects'}`;
  const judgement = {
    details,
    checked: decided > 0 ? [`linearizability of ${plural(decided)} as ${model}`] : [],
    notChecked: undecided.map(
      ({ name, reason, provenBefore }) =>
        `linearizability${name === undefined ? '' : ` of ${name}`} from event ${indexAt(history, provenBefore)} on: ${reason}`,
    ),
  };
  const [first, ...rest] = anomalies;
  if (first !== undefined) return { ...judgement, validity: 'invalid', anomalies: [first, ...rest] };
  if (undecided.length > 0) {
    const reason = `${plural(undecided.length)} of ${judged.length} not decided: ${undecided[0].reason}`;
    return { ...judgement, validity: 'unknown', reason, anomalies: [] };
  }
  return { ...judgement, validity: 'valid', anomalies: [] };
}

/** The verdict where the budget was gone before there was anything to judge. */
export function undecidedVerdict(model: string, reason: string): Verdict {
  return {
    validity: 'unknown',
    reason: `1 object of 1 not decided: ${reason}`,
    anomalies: [],
    details: {
      condition: 'linearizability',
      model,
      objects: 1,
      operations: 0,
      engines: { search: 1 },
      maxConfigurations: 0,
      invalid: 0,
      undecided: 1,
      provenPrefix: 0,
    },
    checked: [],
    notChecked: [`linearizability from event 0 on: ${reason}`],
  };
}

/** Legal orders, as journal indices of invocations, by the name of the object ("" where there is only one). */
function ordersOf({ columns }: History, objects: Objects, judged: readonly Judged[]): Readonly<Record<string, Json>> {
  const orders = judged.flatMap(({ decision }, object) =>
    decision.validity === 'valid' && decision.order !== undefined
      ? [[objects.name(object) ?? '', decision.order.map((position) => columns.indices[position])] as const]
      : [],
  );
  return orders.length === 0 ? {} : { order: Object.fromEntries(orders) };
}

/** Index of the journal before which everything was proven linearizable. */
function provenPrefix(history: History, undecided: readonly { readonly provenBefore: number }[]): number {
  return indexAt(history, Math.min(...undecided.map((one) => one.provenBefore)));
}

function indexAt({ columns, length }: History, position: number): number {
  if (position < length) return columns.indices[position];
  return length === 0 ? 0 : columns.indices[length - 1] + 1;
}
