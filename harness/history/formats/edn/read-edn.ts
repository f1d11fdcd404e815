import { HistoryBuilder } from '../../builder.js';
import { HistoryError } from '../../history-error.js';
import type { FormatOptions, ReadResult, Source } from '../format.js';
import { readText } from '../text.js';
import { ednOperations } from './operations.js';

/** Reads a history of EDN maps. */
export async function readEdn(source: Source, { independent = 'auto' }: FormatOptions): Promise<ReadResult> {
  const text = await readText(source);
  const builder = new HistoryBuilder({ source: source.name, independent, notation: 'edn', nilReads: 'unset' });
  const operations = ednOperations(source.name, text, (line) =>
    builder.notes.push(`line ${line}, the last, is cut short and was left out`),
  );
  for (const { event, line, tagged } of operations) {
    if (tagged) builder.tagged();
    builder.append(event, line);
  }
  if (builder.store.length === 0) throw new HistoryError('no operations in it', source.name);
  const history = builder.build();
  return { history, notes: builder.notes };
}
