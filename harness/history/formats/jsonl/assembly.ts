import { HistoryBuilder } from '../../builder.js';
import type { ColumnStore } from '../../columns.js';
import type { EventNames } from '../../event-writer.js';
import { HistoryError } from '../../history-error.js';
import { quote } from '../../pairing.js';
import type { FormatOptions, ReadResult } from '../format.js';
import { MAX_LINE_BYTES, type Segment } from './file-segments.js';
import type { SegmentReader, SegmentResult } from './segment-reader.js';

/** What came of a stretch of the file: whole lines, or the last one, which has no line feed. */
export interface Part extends SegmentResult {
  readonly place: 'whole' | 'unterminated';
}

/** Whether it is a last line that was cut short: noted, and no error. */
export function isTorn({ place, problem }: Part): boolean {
  return place === 'unterminated' && problem?.kind === 'syntax';
}

/** Reads a segment; a last line without line feed becomes a part of its own. */
export function readSegment(reader: SegmentReader, segment: Segment, store: ColumnStore): readonly Part[] {
  const { bytes, start, end, unterminatedStart = end } = segment;
  const parts: Part[] = [];
  if (start < unterminatedStart) parts.push({ ...reader.read(bytes, start, unterminatedStart, store), place: 'whole' });
  if (unterminatedStart < end && parts.at(-1)?.problem === undefined) {
    parts.push({ ...reader.read(bytes, unterminatedStart, end, store), place: 'unterminated' });
  }
  return parts;
}

/** Puts the parts of a file together, in order, and makes the history. */
export class Assembly {
  /** Lines read so far. */
  lines = 0;
  private events = 0;
  private readonly shifts: [position: number, line: number][] = [];
  private readonly notes: string[] = [];

  constructor(
    private readonly source: string,
    private readonly options: FormatOptions = {},
  ) {}

  /** @throws HistoryError when the part holds a line that is no event; a torn last line is noted instead. */
  add(part: Part): void {
    this.shifts.push([this.events, this.lines + 1]);
    for (const [position, line] of part.shifts) this.shifts.push([this.events + position, this.lines + line + 1]);
    this.events += part.events;
    if (part.problem !== undefined) {
      const line = this.lines + part.problem.line + 1;
      if (!isTorn(part)) throw new HistoryError(part.problem.text, this.source, line);
      this.notes.push(`line ${line}, the last, is cut short and was left out`);
    }
    this.lines += part.lines;
  }

  tooLong(): HistoryError {
    return new HistoryError(`a line longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`, this.source, this.lines + 1);
  }

  /** @throws HistoryError when there is no event, or lines contradict each other. */
  finish(store: ColumnStore, names: EventNames, ignored: ReadonlySet<string>): ReadResult {
    if (store.length === 0) throw new HistoryError('no events in it', this.source);
    if (ignored.size > 0) {
      const shown = [...ignored].slice(0, 10).map(quote).join(', ');
      this.notes.push(`fields ignored: ${shown}${ignored.size > 10 ? ' …' : ''}`);
    }
    const { independent = 'auto' } = this.options;
    const builder = new HistoryBuilder({ source: this.source, independent }, store, names);
    for (const [position, line] of this.shifts) builder.noteLine(position, line);
    const history = builder.build();
    return { history, notes: [...this.notes, ...builder.notes] };
  }
}
