import type { HistoryColumns } from '../../harness/history/history.js';
import type { Model } from '../model.js';
import { initialOf } from '../models/initial.js';
import { answersFall } from './answers-fall.js';
import { decideAppends } from './append-list.js';
import type { Deadline } from './budget.js';
import type { Decision, Engine } from './decide.js';
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
    decideByType(columns, model, partition, options, deadline) ??
    decideBySearch(columns, model, partition, options, deadline)
  );
}

/** Near-linear engines for single data types; undefined where there is none, or it cannot tell. */
function decideByType<State>(
  columns: Pick<HistoryColumns, 'pairs' | 'length'>,
  { dataType, initialValue }: Model<State>,
  partition: Partition,
  { order, options }: SearchOptions,
  deadline: Deadline,
): Decision | undefined {
  const invalid = (engine: Engine, event: number, culprits: readonly number[]): Decision => {
    const until = positionOf(columns, partition, event);
    return { validity: 'invalid', engine, maxConfigurations: 1, culprits, until };
  };
  switch (dataType?.kind) {
    case 'counter': {
      const fall = answersFall(partition, dataType);
      return fall && invalid('counter', fall.event, fall.ops);
    }
    case 'queue': {
      if (order === 'wanted') return undefined;
      const found = checkFifo(partition, dataType.enqueue);
      if (found.validity === 'open') return undefined;
      if (found.validity === 'valid') return { validity: 'valid', engine: 'queue', maxConfigurations: 1 };
      return invalid('queue', found.event, found.ops);
    }
    case 'register': {
      const { append } = dataType;
      if (append === undefined || initialValue === undefined) return undefined;
      const initial = initialOf(initialValue, options ?? {});
      const found = decideAppends(
        partition,
        { ...dataType, append },
        initial,
        columns.pairs,
        deadline,
        order ?? 'unwanted',
      );
      if (found === undefined) return undefined;
      return found.validity === 'invalid'
        ? invalid('sequence', found.event, found.ops)
        : { ...found, engine: 'sequence' };
    }
    default:
      return undefined;
  }
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
