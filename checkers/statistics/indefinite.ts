import { FAIL, type History, NEMESIS, NONE } from '../../harness/history/history.js';
import { type Fields } from '../values.js';

/**
 * Failures by a code of which the system's own classification says that nobody knows whether the operation took effect:
 * whoever called them failures had no right to, and a checker that believes it may miss what they did.
 */
export function unjustifiedFailures({ columns, length }: History, { indefinite }: Fields): readonly string[] {
  if (!Array.isArray(indefinite) || indefinite.length === 0) return [];
  const { types, processes, errors, errorTexts } = columns;
  const codes = errorTexts.map((text) => text.split(':', 1)[0]);
  const suspicious = codes.map((code) => indefinite.includes(code));
  const counts = new Map<string, number>();
  for (let position = 0; position < length; position++) {
    if (types[position] !== FAIL || processes[position] === NEMESIS || errors[position] === NONE) continue;
    const code = codes[errors[position]];
    if (suspicious[errors[position]]) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].map(
    ([code, count]) =>
      `${count} ${count === 1 ? 'operation was' : 'operations were'} called failed for ${code}, after which nobody knows whether ${count === 1 ? 'it' : 'they'} took effect`,
  );
}
