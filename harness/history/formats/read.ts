import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stdin } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { distance } from 'fastest-levenshtein';
import { messageOf, UserError } from '../../kit/errors.js';
import { HistoryError } from '../history-error.js';
import { awdit } from './awdit.js';
import type { FormatOptions, HistoryFormat, ReadResult, Source } from './format.js';
import { jepsenEdn } from './jepsen-edn.js';
import { jsonArray } from './json-array.js';
import { jsonl } from './jsonl.js';
import { mtc } from './mtc.js';
import { porcupineEtcd } from './porcupine-etcd.js';
import { porcupineKv } from './porcupine-kv.js';

/** Every format, in the order in which they are tried. */
export const FORMATS: readonly HistoryFormat[] = [jsonl, jsonArray, porcupineKv, jepsenEdn, porcupineEtcd, mtc, awdit];

/** Other names that people use. */
const ALIASES: Readonly<Record<string, string>> = {
  journal: 'jsonl',
  'elle-json': 'json',
  edn: 'jepsen-edn',
  jepsen: 'jepsen-edn',
  knossos: 'jepsen-edn',
  elle: 'jepsen-edn',
};
const HEAD_BYTES = 64 * 1024;
/** The history in a run's directory. */
const JOURNAL = 'history.jsonl';

export interface ReadOptions extends FormatOptions {
  /** Name of a format; by default it is detected. */
  readonly format?: string;
}

export interface ReadHistory extends ReadResult {
  /** Name of the format. */
  readonly format: string;
}

/**
 * Reads a history from a file, a run's directory, or standard input (`-`).
 *
 * @throws HistoryError with file and line of the first thing wrong; UserError for an unknown format or unreadable file.
 */
export async function readHistory(path: string, options: ReadOptions = {}): Promise<ReadHistory> {
  const wanted = options.format === undefined ? undefined : formatNamed(options.format);
  let source = path === '-' ? standardInput() : fileSource(path);
  let begun: Peeked | undefined;
  try {
    begun = await peek(source);
    if (isCompressed(begun.head)) {
      source = unpacked(source.name, begun.rest);
      begun = await peek(source);
    }
    const { head, rest } = begun;
    if (head.length === 0) throw new HistoryError('it is empty', source.name);
    const format = wanted ?? detect(head, source.name);
    refuseInapplicable(format, options);
    const result = await format.read({ ...source, pieces: () => rest }, options);
    return { ...result, format: format.name };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (isCompressionError(error)) throw new HistoryError(`it is no whole gzip file: ${messageOf(error)}`, source.name);
    if (isSystemError(error)) throw new UserError(`cannot read ${source.name}: ${messageOf(error)}`);
    throw error;
  } finally {
    // A reader that opens the file itself leaves this stream where it was.
    await begun?.close();
  }
}

/** An option that a format has no use for is a misunderstanding, and not to be ignored. */
function refuseInapplicable({ name, hasPairs }: HistoryFormat, { independent = 'auto' }: FormatOptions): void {
  if (hasPairs || independent === 'auto') return;
  const others = FORMATS.filter((format) => format.hasPairs).map((format) => format.name);
  throw new UserError(
    `--independent ${independent}: the format ${name} has no [key value] pairs; ${others.join(', ')} may`,
  );
}

/** @throws UserError naming the formats there are. */
export function formatNamed(name: string): HistoryFormat {
  const format = FORMATS.find((candidate) => candidate.name === (ALIASES[name] ?? name));
  if (format !== undefined) return format;
  const names = [...FORMATS.map((candidate) => candidate.name), ...Object.keys(ALIASES)];
  const near = names.find((candidate) => distance(candidate, name) <= 2);
  throw new UserError(
    `unknown history format "${name}"${near === undefined ? '' : ` (did you mean "${near}"?)`}; there are ${listed()}`,
  );
}

function detect(head: Uint8Array, name: string): HistoryFormat {
  const text = new TextDecoder().decode(head).replace(/^\uFEFF/, '');
  const format = FORMATS.find((candidate) => candidate.detect(text, name));
  if (format !== undefined) return format;
  throw new HistoryError(`it looks like no known history; say which it is with --format: ${listed()}`, name, 1);
}

function listed(): string {
  return FORMATS.map((format) => format.name).join(', ');
}

function fileSource(path: string): Source {
  const journal = join(path, JOURNAL);
  const file = existsSync(journal) ? journal : path;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new UserError(`no such file: ${path}`);
  if (stats.isDirectory()) throw new UserError(`${path} is a directory without ${JOURNAL}`);
  const pieces = () => createReadStream(file, { highWaterMark: 1024 * 1024 });
  // A pipe or device has no size and cannot be read out of order.
  return stats.isFile() ? { name: path, path: file, pieces } : { name: path, pieces };
}

function standardInput(): Source {
  return { name: 'standard input', pieces: () => stdin };
}

/** Whether it begins like a gzip file. */
function isCompressed(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function unpacked(name: string, packed: AsyncIterable<Uint8Array>): Source {
  return {
    name,
    pieces: () => {
      const gunzip = createGunzip();
      // What breaks off above ends the stream below, and the reader is told.
      pipeline(Readable.from(packed, { objectMode: false }), gunzip).catch(() => undefined);
      return gunzip;
    },
  };
}

function isCompressionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

interface Peeked {
  /** The first bytes. */
  readonly head: Uint8Array;
  /** All bytes. */
  readonly rest: AsyncIterable<Uint8Array>;
  close(): Promise<unknown>;
}

async function peek(source: Source): Promise<Peeked> {
  const iterator = source.pieces()[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let sizeBytes = 0;
  while (sizeBytes < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    sizeBytes += next.value.length;
  }
  return {
    head: Buffer.concat(first).subarray(0, HEAD_BYTES),
    rest: again(first, iterator),
    close: () => Promise.resolve(iterator.return?.()),
  };
}

async function* again(first: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* first;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('E');
}
