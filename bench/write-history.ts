import { closeSync, openSync, writeSync } from 'node:fs';
import {
  FAIL,
  INFO,
  INVOKE,
  NONE,
  VALUE_INT,
  VALUE_NULL,
  VALUE_PAIR,
  type History,
} from '../harness/history/history.js';

/** Writes a history as compact JSON lines. Quicker than events as objects: the files here have millions of lines. */
export function writeHistory(path: string, history: History): void {
  const { types, processes, functions, functionNames, keys, keyNames, valueKinds, valuesA, valuesB, length } =
    history.columns;
  const names = functionNames.map((name) => JSON.stringify(name));
  const keyTexts = keyNames.map((name) => `,"key":${JSON.stringify(name)}`);
  const descriptor = openSync(path, 'w');
  let text = '';
  for (let at = 0; at < length; at++) {
    const type = types[at] === INVOKE ? 'invoke' : types[at] === FAIL ? 'fail' : types[at] === INFO ? 'info' : 'ok';
    const kind = valueKinds[at];
    const value =
      kind === VALUE_NULL
        ? 'null'
        : kind === VALUE_INT
          ? valuesA[at]
          : kind === VALUE_PAIR
            ? `[${valuesA[at]},${valuesB[at]}]`
            : JSON.stringify(history.value(at));
    const key = keys[at] === NONE ? '' : keyTexts[keys[at]];
    text += `{"process":${processes[at]},"type":"${type}","f":${names[functions[at]]},"value":${value}${key}}\n`;
    if (text.length < 1 << 20) continue;
    writeSync(descriptor, text);
    text = '';
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
}
