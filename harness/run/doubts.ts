import type { History } from '../history/history.js';
import { NEMESIS } from '../history/history.js';
import type { Recorder } from './recorder.js';

const NOTE = 'note';

/**
 * Something by which the run proves less than it should: a node that did not come back, an interruption. It is part of
 * the history (nemesis, `info`, f `note`), so that a stored run keeps its doubts.
 */
export function recordDoubt(recorder: Recorder, sentence: string): void {
  recorder.record({ process: 'nemesis', type: 'info', f: NOTE, value: { doubt: sentence } });
}

/** Says that all that was to be recorded was: a journal without it was cut short, by `kill -9` or a full disk. */
export function recordEnd(recorder: Recorder): void {
  recorder.record({ process: 'nemesis', type: 'info', f: NOTE, value: { end: true } });
}

export function doubtsOf(history: History): readonly string[] {
  const { processes, functions } = history.columns;
  const note = history.functionId(NOTE);
  const doubts: string[] = [];
  let ended = false;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] !== NEMESIS || functions[position] !== note) continue;
    const value = history.value(position) as { readonly doubt?: unknown; readonly end?: unknown } | null;
    if (typeof value?.doubt === 'string') doubts.push(value.doubt);
    if (value?.end === true) ended = true;
  }
  return ended ? doubts : [...doubts, 'the recording was cut short: what would have followed is not known'];
}
