import { HistoryBuilder } from '../../builder.js';
import { HistoryError } from '../../history-error.js';
import type { FormatOptions, ReadResult, Source } from '../format.js';
import { readText } from '../text.js';
import { IndependentKeys, looksIndependent } from './independent.js';
import { type EdnOperation, ednOperations } from './operations.js';

/** Operations by which to decide what the values are. */
const SAMPLE = 2000;

/** Reads a history of EDN maps. */
export async function readEdn(source: Source, { independent = 'auto' }: FormatOptions): Promise<ReadResult> {
  const text = await readText(source);
  const builder = new HistoryBuilder({ source: source.name, nilReads: 'unset' });
  const operations = ednOperations(source.name, text, (line) =>
    builder.notes.push(`line ${line}, the last, is cut short and was left out`),
  );
  const sample: EdnOperation[] = [];
  // Not for…of, which would end the iterator with the loop.
  for (let next = operations.next(); !next.done; next = operations.next()) {
    if (sample.push(next.value) === SAMPLE) break;
  }
  const events = sample.map(({ event }) => event);
  const split =
    independent === 'yes' ||
    (independent === 'auto' && (sample.some(({ tagged }) => tagged) || looksIndependent(events)));
  const append = split ? appendSplit(builder, source.name) : appendWhole(builder);
  for (const operation of sample) append(operation);
  for (const operation of operations) append(operation);
  if (builder.store.length === 0) throw new HistoryError('no operations in it', source.name);
  if (split) builder.notes.push('values are [key value] pairs of independent objects');
  const history = builder.build();
  return { history, notes: builder.notes };
}

function appendWhole(builder: HistoryBuilder): (operation: EdnOperation) => void {
  return ({ event, line }) => builder.append(event, line);
}

function appendSplit(builder: HistoryBuilder, source: string): (operation: EdnOperation) => void {
  const keys = new IndependentKeys();
  return ({ event, line }) => {
    const keyed = keys.split(event);
    if (keyed === undefined) {
      throw new HistoryError(
        'an invocation whose value is no [key value] pair, in a history of independent objects; say --independent no',
        source,
        line,
      );
    }
    builder.append(keyed, line);
  };
}
