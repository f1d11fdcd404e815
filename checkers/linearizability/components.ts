import { INVOKE, NEMESIS, type History } from '../../harness/history/history.js';
import type { Model, ModelOperation } from '../model.js';
import { atPlace, operationAt } from './partition.js';

/** Names of more keys than that are not listed. */
const LISTED = 4;

/**
 * For a specification of several keys: which operations can be judged apart. Keys that an operation is about belong
 * together, and so does whatever hangs together through others (Herlihy & Wing's locality, of the connected components).
 *
 * @param known by function number, whether the specification has such an operation
 */
export function componentsOf<State>(
  history: History,
  model: Model<State>,
  known: readonly boolean[],
): (operation: ModelOperation) => string | undefined {
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    // The way is shortened, so that long chains are walked once.
    for (let walk = key; walk !== at;) {
      const up = parent.get(walk) ?? at;
      parent.set(walk, at);
      walk = up;
    }
    return at;
  };
  const ranges: { readonly from: string; readonly to?: string; key: string | undefined }[] = [];
  const { types, processes, functions } = history.columns;
  for (let position = 0; position < history.length; position++) {
    if (types[position] !== INVOKE || processes[position] === NEMESIS || !known[functions[position]]) continue;
    const operation = operationAt(history, position, 'with its key');
    if (operation === undefined) continue;
    let first: string | undefined;
    const together = [];
    for (const part of atPlace(history, position, () => model.keysOf!(operation))) {
      if (typeof part !== 'string') {
        together.push(part);
        continue;
      }
      if (!parent.has(part)) parent.set(part, part);
      if (first === undefined) first = part;
      else parent.set(root(part), root(first));
    }
    for (const range of together) ranges.push({ ...range, key: first });
    // Several ranges of one operation belong together even where no key is in both.
    if (first === undefined && together.length > 1) {
      const name = `\u0001${position}`;
      parent.set(name, name);
      for (const range of ranges.slice(-together.length)) range.key = name;
    }
  }
  const isInside = (key: string, { from, to }: { readonly from: string; readonly to?: string }) =>
    !isMark(key) && key >= from && (to === undefined || key < to);
  const distinct = new Map<string, (typeof ranges)[number]>();
  for (const range of ranges) distinct.set(JSON.stringify([range.from, range.to, range.key]), range);
  for (const range of distinct.values()) {
    let first = range.key;
    for (const key of parent.keys()) {
      if (!isInside(key, range)) continue;
      if (first === undefined) first = key;
      else parent.set(root(key), root(first));
    }
  }
  const members = new Map<string, string[]>();
  for (const key of parent.keys()) {
    const name = root(key);
    if (!members.has(name)) members.set(name, []);
    if (!isMark(key)) members.get(name)!.push(key);
  }
  const rootOf = (operation: ModelOperation): string | undefined => {
    for (const part of model.keysOf!(operation)) {
      if (typeof part === 'string') return root(part);
      for (const key of parent.keys()) if (isInside(key, part)) return root(key);
    }
    return undefined;
  };
  if (members.size <= 1) return () => undefined;
  return (operation) => {
    const name = rootOf(operation);
    if (name === undefined) return undefined;
    const keys = members.get(name)!.sort();
    if (keys.length === 0) return name;
    const more = keys.length > LISTED ? ` and ${keys.length - LISTED} more` : '';
    return `${keys.slice(0, LISTED).join(', ')}${more}`;
  };
}

/** Leases and other things that hang together with keys and are none. */
function isMark(key: string): boolean {
  return key.startsWith('\u0000') || key.startsWith('\u0001');
}
