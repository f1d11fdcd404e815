import type { HistoryColumns } from '../../harness/history/history.js';
import type { Model } from '../model.js';
import type { Deadline } from './budget.js';
import type { Decision } from './decide.js';
import { checkFifo } from './fifo.js';
import type { Partition } from './partition.js';
import { searchLinearizable, type SearchOptions } from './search.js';

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
  { order }: SearchOptions,
): Decision | undefined {
  if (model.name !== 'queue' || order === 'wanted') return undefined;
  const fifo = checkFifo(partition);
  if (fifo.validity === 'valid') return { validity: 'valid', engine: 'queue', maxConfigurations: 1 };
  if (fifo.validity !== 'invalid') return undefined;
  const until = positionOf(columns, partition, fifo.event);
  return { validity: 'invalid', engine: 'queue', maxConfigurations: 1, culprits: fifo.ops, until };
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
