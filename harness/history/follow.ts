import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../kit/errors.js';
import { ABSENT, type EventInput, MAX_PROCESS } from './event-writer.js';
import { EventProblem, parseEvent } from './formats/jsonl/event-fields.js';
import { MAX_LINE_BYTES } from './formats/jsonl/file-segments.js';
import { HistoryError } from './history-error.js';
import { settledKeyNames } from './key-names.js';
import type { Operation, Process } from './operation.js';
import { quote } from './pairing.js';

export interface FollowOptions {
  /** Ends the following; what is complete by then is still answered. */
  readonly signal?: AbortSignal;
  /** How often to look for more. */
  readonly pollMs?: number;
  /** Ends the following when nothing was written for so long; by default never. */
  readonly idleMs?: number;
  /** Told what was left out. */
  readonly onNote?: (note: string) => void;
}

const READ_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The events of a growing journal, in batches as they are written; memory is bounded by the operations open at once.
 * A last line that is still being written waits for its line feed.
 *
 * @throws HistoryError with the line of the first thing wrong; UserError when the file cannot be read.
 */
export async function* followHistory(
  path: string,
  { signal, pollMs = 50, idleMs = Number.POSITIVE_INFINITY, onNote }: FollowOptions = {},
): AsyncIterableIterator<readonly Operation[]> {
  const file = await open(path).catch((error: unknown) => {
    throw new UserError(`cannot follow ${path}: ${messageOf(error)}`);
  });
  try {
    const lines = new GrowingLines(file, path);
    const events = new EventStream(path);
    let idleSince = performance.now();
    for (;;) {
      // Read once more after the signal, so that nothing written before it is lost.
      const ending = signal?.aborted === true || performance.now() - idleSince > idleMs;
      const read = await lines.read();
      const batch = (read ?? []).map((line) => events.next(line)).filter((event) => event !== undefined);
      if (batch.length > 0) yield batch;
      if (read !== undefined) idleSince = performance.now();
      else if (ending) break;
      else await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
    const last = events.last(lines.takeRest());
    if (last !== undefined) yield [last];
    if (last === undefined && lines.rest > 0) {
      onNote?.(`the last line, ${lines.rest} bytes without a line feed, is cut short and was left out`);
    }
  } finally {
    await file.close();
  }
}

/** Whole lines of a file that grows. */
class GrowingLines {
  /** Bytes read of a line that is not complete. */
  rest = 0;
  private buffer = Buffer.alloc(READ_BYTES);
  private position = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
  ) {}

  /** The lines that the next bytes complete, without line feeds; undefined when there are no more bytes. */
  async read(): Promise<readonly Uint8Array[] | undefined> {
    if (this.rest === this.buffer.length) this.grow();
    const { bytesRead } = await this.file.read(this.buffer, this.rest, this.buffer.length - this.rest, this.position);
    if (bytesRead === 0) {
      const { size } = await this.file.stat();
      if (size < this.position) throw new HistoryError('it became shorter while it was followed', this.path);
      return undefined;
    }
    this.position += bytesRead;
    const filled = this.buffer.subarray(0, this.rest + bytesRead);
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = filled.indexOf(LINE_FEED); end !== -1; end = filled.indexOf(LINE_FEED, start)) {
      lines.push(Uint8Array.from(filled.subarray(start, end)));
      start = end + 1;
    }
    this.rest = filled.length - start;
    this.buffer.copyWithin(0, start, filled.length);
    return lines;
  }

  /** What follows the last line feed. */
  takeRest(): Uint8Array {
    return Uint8Array.from(this.buffer.subarray(0, this.rest));
  }

  private grow(): void {
    if (this.buffer.length > MAX_LINE_BYTES) throw new HistoryError('a line too long to be an event', this.path);
    this.buffer = Buffer.concat([this.buffer], this.buffer.length * 2);
  }
}

/** Turns lines into events and refuses those that contradict earlier ones, remembering open operations only. */
class EventStream {
  private readonly open = new Map<Process, Operation>();
  private line = 0;
  private position = 0;
  private lastIndex = ABSENT;
  private lastTime = 0;
  private epoch: bigint | undefined;
  private readonly named = new Map<string, number>();
  /** Whether the first event has index and time. */
  private ours: boolean | undefined;

  constructor(private readonly source: string) {}

  /** The event on the next line, or undefined when it is blank. */
  next(bytes: Uint8Array): Operation | undefined {
    this.line++;
    if (bytes.every((byte) => byte === 0x20 || byte === 0x0d)) return undefined;
    const event = this.placed(this.parse(bytes));
    this.position++;
    return event.process === 'nemesis' ? event : this.pair(event);
  }

  /** With index and time: its own in our journals, which must grow; in other logs the order of lines is what counts. */
  private placed(event: EventInput): Operation {
    const { index = ABSENT, value = null } = event;
    const process = this.processOf(event.process ?? 0);
    const time = this.timeOf(event.time);
    this.ours ??= index !== ABSENT && time !== ABSENT;
    if (!this.ours) {
      this.lastTime = Math.max(this.lastTime, time === ABSENT ? this.position : time);
      return { ...event, process, value, index: this.position, time: this.lastTime };
    }
    if (index === ABSENT || time === ABSENT) this.reject(`${index === ABSENT ? 'index' : 'time'} missing`);
    if (index <= this.lastIndex) this.reject(`index ${index} after ${this.lastIndex}: doubled or out of order`);
    if (time < this.lastTime) this.reject(`time goes back from ${this.lastTime} to ${time}`);
    this.lastIndex = index;
    this.lastTime = time;
    return { ...event, process, value, index, time };
  }

  /** Processes with names are numbered from the largest number down: smaller ones may still come. */
  private processOf(process: Process | string): Process {
    if (typeof process === 'number' || process === 'nemesis') return process;
    const known = this.named.get(process) ?? MAX_PROCESS - this.named.size;
    this.named.set(process, known);
    return known;
  }

  /** Times since an epoch are told from the first on. */
  private timeOf(time: number | bigint | undefined): number {
    if (time === undefined) return ABSENT;
    if (typeof time === 'bigint') this.epoch ??= time;
    if (this.epoch === undefined) return Number(time);
    const since = BigInt(time) - this.epoch;
    if (since < 0n) this.reject(`time goes back to ${time}`);
    return Number(since);
  }

  /** The event on a last line without line feed, or undefined when the line is blank or cut short. */
  last(bytes: Uint8Array): Operation | undefined {
    try {
      parseEvent(decoder.decode(bytes));
    } catch (error) {
      if (error instanceof TypeError || (error instanceof EventProblem && error.kind === 'syntax')) return undefined;
    }
    return this.next(bytes);
  }

  private parse(bytes: Uint8Array): EventInput {
    try {
      const { event } = parseEvent(decoder.decode(bytes));
      return event.key === undefined ? event : { ...event, key: settledKeyNames([event.key])[0] };
    } catch (error) {
      if (error instanceof EventProblem) return this.reject(error.message);
      if (error instanceof TypeError) return this.reject('not UTF-8');
      throw error;
    }
  }

  private pair(event: Operation): Operation {
    const { process } = event;
    const invoked = this.open.get(process);
    if (event.type === 'invoke') {
      if (invoked !== undefined)
        this.reject(`process ${process} invokes ${quote(event.f)} while ${quote(invoked.f)} is open`);
      this.open.set(process, event);
      return event;
    }
    if (invoked === undefined)
      return this.reject(`process ${process} completes ${quote(event.f)} without having invoked it`);
    if (invoked.f !== event.f)
      this.reject(`process ${process} completes ${quote(event.f)} but invoked ${quote(invoked.f)}`);
    if (event.key !== undefined && event.key !== invoked.key)
      this.reject(`the completion names another key than its invocation`);
    this.open.delete(process);
    const { key, node, workload } = invoked;
    return {
      ...(key !== undefined && { key }),
      ...(node !== undefined && { node }),
      ...(workload !== undefined && { workload }),
      ...event,
    };
  }

  private reject(problem: string): never {
    throw new HistoryError(problem, this.source, this.line);
  }
}
