import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** How two journals compare, byte for byte. */
export type Comparison =
  | { readonly kind: 'identical'; readonly events: number; readonly sha256: string }
  /** The recorded one ends early, as after `kill -9` of the harness; so far they agree. */
  | { readonly kind: 'cut-short'; readonly events: number }
  /** `line` counts from 1; the texts are empty where a journal has ended. */
  | { readonly kind: 'different'; readonly line: number; readonly recorded: string; readonly replayed: string };

const NEWLINE = 0x0a;

export async function compareJournals(recordedPath: string, replayedPath: string): Promise<Comparison> {
  const [recorded, replayed] = await Promise.all([readFile(recordedPath), readFile(replayedPath)]);
  return compareBytes(recorded, replayed);
}

export function compareBytes(recorded: Buffer, replayed: Buffer): Comparison {
  if (recorded.equals(replayed)) {
    const sha256 = createHash('sha256').update(recorded).digest('hex');
    return { kind: 'identical', events: linesIn(recorded, recorded.length), sha256 };
  }
  // A last line that is torn says nothing.
  const whole = recorded.lastIndexOf(NEWLINE) + 1;
  const shorter = whole < replayed.length && recorded.subarray(0, whole).equals(replayed.subarray(0, whole));
  if (shorter) return { kind: 'cut-short', events: linesIn(recorded, whole) };
  let at = 0;
  while (at < recorded.length && at < replayed.length && recorded[at] === replayed[at]) at++;
  const start = recorded.subarray(0, at).lastIndexOf(NEWLINE) + 1;
  return {
    kind: 'different',
    line: linesIn(recorded, start) + 1,
    recorded: lineAt(recorded, start),
    replayed: lineAt(replayed, start),
  };
}

function linesIn(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = 0; at < end; at++) if (bytes[at] === NEWLINE) lines++;
  return lines;
}

function lineAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(NEWLINE, start);
  return bytes.subarray(start, end < 0 ? bytes.length : end).toString('utf8');
}
