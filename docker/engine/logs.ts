import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { bounded } from '../wait.js';
import type { Container } from './engine.js';

/** Writes everything a container said, on both outputs and over all its starts, to a file. */
export async function saveLogs(container: Container, directory: string, file: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, file), demultiplexed(await read(container, {}, 60_000)));
}

/** The last lines a container said, for messages. */
export async function lastWords(container: Container, lines: number): Promise<string> {
  return demultiplexed(await read(container, { tail: lines }, 5_000))
    .toString('utf8')
    .trim();
}

/** Lines a container said since then, s since the epoch. */
export async function linesSince(container: Container, since: number): Promise<readonly string[]> {
  const text = demultiplexed(await read(container, { since }, 5_000)).toString('utf8');
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Calls back for every line that a running container says from now on; answers what ends that. */
export async function followLines(
  container: Container,
  {
    since,
    onLine,
    onEnd,
  }: { readonly since: number; readonly onLine: (line: string) => void; readonly onEnd: () => void },
): Promise<() => void> {
  const asked = container.logs({ follow: true, stdout: true, stderr: true, since });
  const stream = (await bounded(asked, 5_000, 'following the logs')) as Readable;
  const output = new PassThrough();
  container.modem.demuxStream(stream, output, output);
  createInterface({ input: output }).on('line', onLine);
  stream.once('end', onEnd).once('error', onEnd).once('close', onEnd);
  return () => stream.destroy();
}

/** Contents of the engine's frames: stream number, three zeros, length in 4 bytes big-endian, text. */
export function demultiplexed(frames: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length;) {
    const end = at + 8 + frames.readUInt32BE(at + 4);
    parts.push(frames.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function read(
  container: Container,
  options: { readonly tail?: number; readonly since?: number },
  timeoutMs: number,
): Promise<Buffer> {
  return bounded(
    container.logs({ ...options, follow: false, stdout: true, stderr: true }),
    timeoutMs,
    'reading the logs',
  );
}
