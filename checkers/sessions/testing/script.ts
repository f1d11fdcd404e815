import { type EventInput, historyOf } from '../../../harness/history/builder.js';
import type { History } from '../../../harness/history/history.js';
import type { Json } from '../../../harness/history/operation.js';

/** `w1 5` process 1 writes 5 at once, `r1 5` reads it, `r1 -` reads nothing, `c1 5 6`; `(` and `)` for overlap: `w1( 5`, `w1) 5`. */
export function script(text: string): History {
  const events = text.split(/\s*,\s*/).flatMap((step): EventInput[] => {
    const [, letter, process, part, rest] = /^([wrcfi])(\d)([()]?) ?(.*)$/.exec(step)!;
    const f = letter === 'r' ? 'read' : letter === 'c' ? 'cas' : 'write';
    const numbers = rest.split(' ').map((word) => (word === '-' ? null : Number(word)));
    const value = f === 'cas' ? (numbers as Json) : numbers[0];
    const type = letter === 'f' ? 'fail' : letter === 'i' ? 'info' : 'ok';
    const invoke: EventInput = { process: Number(process), type: 'invoke', f, value: f === 'read' ? null : value };
    return [...(part === ')' ? [] : [invoke]), ...(part === '(' ? [] : [{ ...invoke, type, value } as const])];
  });
  return historyOf(events.map((event, at) => ({ ...event, time: at * 1e6 })));
}
