import type { History } from '../history/history.js';
import { NEMESIS } from '../history/history.js';
import type { Counted } from './counters.js';
import type { Recorder } from './recorder.js';

const NOTE = 'note';

/**
 * Something by which the run proves less than it should: a node that did not come back, an interruption. It is part of
 * the history (nemesis, `info`, f `note`), so that a stored run keeps its doubts.
 */
export function recordDoubt(recorder: Recorder, sentence: string): void {
  recorder.record({ process: 'nemesis', type: 'info', f: NOTE, value: { doubt: sentence } });
}

/**
 * Says that all that was to be recorded was: a journal without it was cut short, by `kill -9` or a full disk. Carries
 * what the drivers counted, for {@link import('./damage.js').damageOf}.
 */
export function recordEnd(recorder: Recorder, counted: Counted): void {
  recorder.record({ process: 'nemesis', type: 'info', f: NOTE, value: { end: true, counted } });
}

/** Says why the harness gave up: without results a stored run tells it all the same. */
export function recordHarnessError(recorder: Recorder, sentence: string): void {
  recorder.record({ process: 'nemesis', type: 'info', f: NOTE, value: { harnessError: sentence } });
}

/** What {@link recordHarnessError} wrote, or undefined. */
export function harnessErrorOf(history: History): string | undefined {
  for (const { harnessError } of notesOf(history)) if (typeof harnessError === 'string') return harnessError;
  return undefined;
}

/** What the drivers counted, where the recording came to its end. */
export function countedIn(history: History): unknown {
  for (const { end, counted } of notesOf(history)) if (end === true) return counted;
  return undefined;
}

export function doubtsOf(history: History): readonly string[] {
  const doubts: string[] = [];
  let ended = false;
  for (const { doubt, end } of notesOf(history)) {
    if (typeof doubt === 'string') doubts.push(doubt);
    if (end === true) ended = true;
  }
  return ended ? doubts : [...doubts, 'the recording was cut short: what would have followed is not known'];
}

interface Note {
  readonly doubt?: unknown;
  readonly end?: unknown;
  readonly counted?: unknown;
  readonly harnessError?: unknown;
}

function* notesOf(history: History): Generator<Note> {
  const { processes, functions } = history.columns;
  const note = history.functionId(NOTE);
  for (let position = 0; position < history.length; position++) {
    if (processes[position] !== NEMESIS || functions[position] !== note) continue;
    yield (history.value(position) ?? {}) as Note;
  }
}
