import type { HistoryColumns } from '../../harness/history/history.js';
import type { Model } from '../model.js';
import { answersFall } from './answers-fall.js';
import { checkAppendList } from './append-list.js';
import type { Deadline } from './budget.js';
import type { Decision } from './decide.js';
import { checkFifo } from './fifo.js';
import type { Partition } from './partition.js';
import { searchLinearizable } from './search.js';
import type { SearchOptions } from './search-result.js';

/** Judges one object of any model: by an engine of its own where there is one, else by the general search. */
export function decidePartition<State>(
  columns: Pick<HistoryColumns, 'pairs' | 'length'>,
  model: Model<State>,
  partition: Partition,
  options: SearchOptions,
  deadline: Deadline,
): Decision {
  return (
    decideByType(columns, model, partition, options) ?? decideBySearch(columns, model, partition, options, deadline)
  );
}

/** Near-linear engines for single types of object; undefined where there is none, or it cannot tell. */
function decideByType<State>(
  columns: Pick<HistoryColumns, 'pairs' | 'length'>,
  model: Model<State>,
  partition: Partition,
  { order, options }: SearchOptions,
): Decision | undefined {
  if (model.name === 'fetch-and-add') {
    const fall = answersFall(partition);
    if (fall === undefined) return undefined;
    const until = positionOf(columns, partition, fall.event);
    return { validity: 'invalid', engine: 'counter', maxConfigurations: 1, culprits: fall.ops, until };
  }
  if (order === 'wanted') return undefined;
  const engine = model.name === 'queue' ? 'queue' : model.name === 'kv' ? 'sequence' : undefined;
  if (engine === undefined) return undefined;
  const found = engine === 'queue' ? checkFifo(partition) : checkAppendList(partition, options?.['initial'] ?? '');
  if (found.validity === 'valid') return { validity: 'valid', engine, maxConfigurations: 1 };
  if (found.validity !== 'invalid') return undefined;
  const until = positionOf(columns, partition, found.event);
  return { validity: 'invalid', engine, maxConfigurations: 1, culprits: found.ops, until };
}

function decideBySearch<State>(
  columns: Pick<HistoryColumns, 'pairs' | 'length'>,
  model: Model<State>,
  partition: Partition,
  options: SearchOptions,
  deadline: Deadline,
): Decision {
  const result = searchLinearizable(model, partition, deadline, options);
  const { validity, maxConfigurations } = result;
  const engine = 'search';
  switch (validity) {
    case 'valid': {
      const order = result.order?.map((op) => partition.invocations[op]);
      return { validity, engine, maxConfigurations, ...(order && { order }) };
    }
    case 'invalid': {
      const until = positionOf(columns, partition, result.event);
      return { validity, engine, maxConfigurations, culprits: undefined, until };
    }
    default: {
      const provenBefore = positionOf(columns, partition, result.provenEvents);
      return { validity, engine, maxConfigurations, reason: result.reason, provenBefore };
    }
  }
}

/** Position in the history of an event of a partition; past the last one, the end of the history. */
function positionOf(
  { pairs, length }: Pick<HistoryColumns, 'pairs' | 'length'>,
  { events, invocations }: Partition,
  event: number,
): number {
  if (event >= events.length) return length;
  const code = events[event];
  return code >= 0 ? invocations[code] : pairs[invocations[~code]];
}
