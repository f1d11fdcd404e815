import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** An excerpt of what one node wrote. */
export interface NodeLog {
  readonly node: string;
  readonly file: string;
  readonly text: string;
  /** What the excerpt is: `12:41:03 to 12:41:09, around anomaly 1`, `the last 200 lines`. */
  readonly excerpt: string;
}

export interface LogWindow {
  /** Milliseconds since 1970 that the excerpt is centred on; without it the end of the log is taken. */
  readonly aroundMs?: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly maxLines: number;
}
export const LOG_WINDOW: LogWindow = { beforeMs: 5_000, afterMs: 5_000, maxLines: 200 };

const TIMESTAMP = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d+)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?/;

/** Of a longer file only the end is looked at. */
const MAX_READ_BYTES = 8_000_000;

/**
 * Excerpts of every file in `<directory>/<node>/`, by node and file name. A directory that is not there has no logs.
 */
export async function readLogs(directory: string, window: LogWindow = LOG_WINDOW): Promise<readonly NodeLog[]> {
  const logs: NodeLog[] = [];
  for (const node of await namesIn(directory, 'directories')) {
    for (const file of await namesIn(join(directory, node), 'files')) {
      const text = await readEnd(join(directory, node, file));
      if (text !== '') logs.push(clipLog(node, `${node}/${file}`, text, window));
    }
  }
  return logs;
}

async function namesIn(directory: string, what: 'files' | 'directories'): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => (what === 'files' ? entry.isFile() : entry.isDirectory()))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - MAX_READ_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    // The first line of an end is rarely whole.
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

/**
 * The part of a node's log around a moment, or its last lines where the log's lines carry no times that can be read.
 * Times without a zone are taken as UTC, which is what containers run in.
 */
export function clipLog(node: string, file: string, text: string, window: LogWindow): NodeLog {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const around = window.aroundMs === undefined ? undefined : linesAround(lines, window.aroundMs, window);
  if (around !== undefined && around.length > 0) {
    const shown = around.slice(0, window.maxLines);
    const cut = around.length > shown.length ? `, first ${shown.length} of ${around.length} lines` : '';
    return { node, file, text: shown.join('\n'), excerpt: `around the first anomaly${cut}` };
  }
  const tail = lines.slice(-window.maxLines);
  const excerpt = tail.length < lines.length ? `the last ${tail.length} of ${lines.length} lines` : 'complete';
  return { node, file, text: tail.join('\n'), excerpt };
}

/** Lines within the window; a line without a time belongs to the line before it. */
function linesAround(lines: readonly string[], aroundMs: number, { beforeMs, afterMs }: LogWindow): string[] {
  const from = aroundMs - beforeMs;
  const to = aroundMs + afterMs;
  let inside = false;
  return lines.filter((line) => {
    const time = timeOf(line);
    if (time !== undefined) inside = time >= from && time <= to;
    return inside;
  });
}

/** Milliseconds since 1970 of the first timestamp in a line. */
export function timeOf(line: string): number | undefined {
  const match = TIMESTAMP.exec(line.slice(0, 200));
  if (match === null) return undefined;
  const [, day, clock, zone = 'Z'] = match;
  const time = Date.parse(`${day}T${clock.replace(',', '.')}${zone === 'UTC' ? 'Z' : zone}`);
  return Number.isNaN(time) ? undefined : time;
}
