import { open } from 'node:fs/promises';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import type { Operation } from './operation.js';

/** An event waits at most so long before it is handed to the operating system, ms: what `kill -9` can cost. */
const FLUSH_MS = 25;
/** As much text is written at once without waiting, characters. */
const FLUSH_CHARACTERS = 256 * 1024;
/** Beyond it the journal asks for patience, characters. */
const FULL_CHARACTERS = 8 * 1024 * 1024;
/** Names whose JSON text is remembered. */
const MAX_NAMES = 10_000;

/** The file under a journal, as far as one is needed; a {@link import('node:fs/promises').FileHandle} is one. */
export interface JournalFile {
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Streams a history to disk, one event a line. Text goes to the operating system every {@link FLUSH_MS} at the latest
 * (which is enough to survive the death of this process) and is forced to the disk on closing. Memory is bounded as
 * long as callers honour {@link full}.
 */
export class Journal {
  private text = '';
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private waiting: (() => void)[] = [];
  private readonly names = new Map<string, string>();
  private readonly failure = new AbortController();

  constructor(
    private readonly file: JournalFile,
    private readonly path: string,
  ) {}

  /** Begins a new journal; refuses to overwrite one. */
  static async create(path: string): Promise<Journal> {
    try {
      return new Journal(await open(path, 'wx'), path);
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /** Aborted, with the {@link UserError} as its reason, when the file takes no more; what was written stays. */
  get failed(): AbortSignal {
    return this.failure.signal;
  }

  /** Whether one should wait for {@link drained} before going on. */
  get full(): boolean {
    return this.text.length >= FULL_CHARACTERS && !this.failed.aborted;
  }

  /** Resolves when there is room again, or never will be. */
  drained(): Promise<void> {
    return this.full ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }

  /** Takes an event; never throws and never waits. */
  append(event: Operation): void {
    if (this.failed.aborted) return;
    this.text += this.line(event);
    if (this.text.length >= FLUSH_CHARACTERS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Writes what is left, forces it to the disk and closes the file. Throws the error that the journal met, if any. */
  async close(): Promise<void> {
    while (this.text.length > 0 || this.writing !== undefined) {
      this.flush();
      await this.writing;
    }
    clearTimeout(this.timer);
    try {
      if (!this.failed.aborted) await this.file.sync();
      await this.file.close();
    } catch (error) {
      this.fail(error);
    }
    if (this.failed.aborted) throw this.failed.reason;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing !== undefined || this.text.length === 0) return;
    const bytes = Buffer.from(this.text);
    this.text = '';
    this.writing = this.write(bytes)
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.writing = undefined;
        for (const resume of this.waiting.splice(0)) resume();
        // What arrived meanwhile has waited as long as the write took: no second wait on top.
        if (this.text.length > 0) this.flush();
      });
  }

  private async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, offset, bytes.length - offset);
      offset += bytesWritten;
    }
  }

  private fail(error: unknown): void {
    this.text = '';
    if (!this.failed.aborted) this.failure.abort(writeError(this.path, error));
  }

  private line(event: Operation): string {
    const process = event.process === 'nemesis' ? '"nemesis"' : event.process;
    const { value } = event;
    return (
      `{"index":${event.index},"time":${event.time},"process":${process},"type":"${event.type}",` +
      `"f":${this.name(event.f)},"value":${value === null ? 'null' : JSON.stringify(value)}` +
      (event.key === undefined ? '' : `,"key":${this.name(event.key)}`) +
      (event.node === undefined ? '' : `,"node":${this.name(event.node)}`) +
      (event.workload === undefined ? '' : `,"workload":${this.name(event.workload)}`) +
      (event.error === undefined ? '' : `,"error":${JSON.stringify(event.error)}`) +
      '}\n'
    );
  }

  private name(text: string): string {
    let json = this.names.get(text);
    if (json === undefined) {
      if (this.names.size >= MAX_NAMES) this.names.clear();
      json = JSON.stringify(text);
      this.names.set(text, json);
    }
    return json;
  }
}

function writeError(path: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException).code;
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'no space left on the disk: free some and run again; what was recorded so far is kept'
      : code === 'EEXIST'
        ? 'it exists already: choose another run directory'
        : `${messageOf(error)}: make the run directory writable and run again`;
  return new UserError(`${path}: cannot write the journal: ${remedy}`, EXIT.harnessError, { cause: error });
}
