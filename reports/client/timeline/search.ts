import type { Operations } from '../../data/decode.js';
import { OUTCOMES } from '../../data/wire.js';

const FIELDS = ['id', 'key', 'value', 'process', 'node', 'workload', 'f', 'error'] as const;
type Field = (typeof FIELDS)[number];

/** One word of a query; without a field it may match an id exactly, a key exactly or part of a value. */
interface Term {
  readonly field?: Field;
  readonly text: string;
}

/** Words separated by spaces, all of which have to match; `key:x`, `value:3`, `id:812`, `process:4`, `"two words"`. */
export function parseQuery(query: string): readonly Term[] {
  const words = query.match(/(?:[a-z]+:)?"[^"]*"|\S+/g) ?? [];
  return words.map((word) => {
    const [, prefix, rest] = /^([a-z]+):(.+)$/.exec(word) ?? [];
    const field = FIELDS.find((name) => name === prefix);
    const text = (field === undefined ? word : rest).replace(/^#(?=\d+$)/, '').replace(/^"(.*)"$/, '$1');
    return field === undefined ? { text } : { field, text };
  });
}

/** Operations that match every word, ascending. */
export function search(operations: Operations, query: string): Int32Array {
  const terms = parseQuery(query);
  if (terms.length === 0) return new Int32Array(0);
  const tests = terms.map((term) => matcher(operations, term));
  const found = new Int32Array(operations.count);
  let size = 0;
  for (let i = 0; i < operations.count; i++) if (tests.every((test) => test(i))) found[size++] = i;
  return found.slice(0, size);
}

function matcher(operations: Operations, { field, text }: Term): (operation: number) => boolean {
  const { indices, completions, processes, values } = operations;
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  const named = (names: readonly string[], column: Int32Array | Uint16Array, exact: boolean) => {
    const wanted = new Uint8Array(names.length);
    for (const [id, name] of names.entries()) wanted[id] = Number(exact ? name === text : name.includes(text));
    return (i: number) => column[i] >= 0 && wanted[column[i]] === 1;
  };
  const byId = (i: number) => indices[i] === number || completions[i] === number;
  const byKey = named(operations.keyNames, operations.keys, true);
  const byError = named(operations.errorTexts, operations.errors, false);
  const inValue = (i: number) => values.input(i).includes(text) || (values.output(i)?.includes(text) ?? false);
  switch (field) {
    case 'id':
      return byId;
    case 'key':
      return byKey;
    case 'value':
      return number === undefined ? inValue : wholeNumber(operations, text);
    case 'process':
      return (i) => processes[i] === number;
    case 'node':
      return named(operations.nodeNames, operations.nodes, true);
    case 'workload':
      return named(operations.workloadNames, operations.workloads, true);
    case 'f':
      return named(operations.functionNames, operations.functions, true);
    case 'error':
      return byError;
    case undefined: {
      const byName = named(operations.functionNames, operations.functions, true);
      const byNode = named(operations.nodeNames, operations.nodes, true);
      const value = number === undefined ? inValue : wholeNumber(operations, text);
      return (i) => byId(i) || byKey(i) || byName(i) || byNode(i) || byError(i) || value(i);
    }
  }
}

/** A number inside a value as a whole: 12 is not found in 3120. */
function wholeNumber({ values }: Operations, text: string): (operation: number) => boolean {
  const pattern = new RegExp(`(?<![\\d.])${text}(?![\\d.])`);
  return (i) => pattern.test(values.input(i)) || pattern.test(values.output(i) ?? '');
}

/** What the controls of the timeline let through; undefined lets everything through. */
export interface Filter {
  /** By name in OUTCOMES; `info` also stands for `open`. */
  readonly outcomes: ReadonlySet<string>;
  readonly workload?: number;
  readonly f?: number;
  readonly process?: number;
}

/** 1 where an operation passes. */
export function applyFilter(operations: Operations, filter: Filter): Uint8Array {
  const mask = new Uint8Array(operations.count);
  const outcomes = OUTCOMES.map((name) => filter.outcomes.has(name === 'open' ? 'info' : name));
  for (let i = 0; i < operations.count; i++) {
    const passes =
      outcomes[operations.outcomes[i]] &&
      (filter.workload === undefined || operations.workloads[i] === filter.workload) &&
      (filter.f === undefined || operations.functions[i] === filter.f) &&
      (filter.process === undefined || operations.processes[i] === filter.process);
    if (passes) mask[i] = 1;
  }
  return mask;
}
