import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { Family } from '../transactions/transactions.js';

type Mop = readonly [f: 'r' | 'append' | 'w', key: number, value: Json];

interface Part {
  readonly process: number;
  /** As completed. */
  readonly mops: readonly Mop[];
  readonly type?: 'ok' | 'fail' | 'info';
}

/** A smallest history of one kind of anomaly. */
export interface Template {
  readonly family: Family;
  /** The kind it is made for. */
  readonly kind: string;
  /** Every kind it shows, judged with real time (or with process order for a -process kind). */
  readonly shows: readonly string[];
  readonly parts: Readonly<Record<string, Part>>;
  /** Upper case: the part of this letter is invoked; lower case: it completes. */
  readonly events: string;
}

const r = (key: number, value: Json): Mop => ['r', key, value];
const a = (key: number, value: number): Mop => ['append', key, value];
const w = (key: number, value: number): Mop => ['w', key, value];
/** Parts of processes 0, 1, 2 … */
const parts = (...mops: readonly (readonly Mop[])[]): Record<string, Part> =>
  Object.fromEntries(mops.map((own, process) => ['ABCDEF'[process], { process, mops: own }]));

const CONCURRENT_2 = 'A B a b';
const CONCURRENT_2_THEN_READ = 'A B a b C c';

function list(kind: string, events: string, own: Record<string, Part>, others: readonly string[] = []): Template {
  return { family: 'list-append', kind, shows: [kind, ...others].sort(), parts: own, events };
}

function register(kind: string, events: string, own: Record<string, Part>, others: readonly string[] = []): Template {
  return { family: 'rw-register', kind, shows: [kind, ...others].sort(), parts: own, events };
}

/** The same parts with those of the letters in one process. */
function together(own: Record<string, Part>, letters: string): Record<string, Part> {
  const process = own[letters[0]].process;
  return Object.fromEntries(
    Object.entries(own).map(([letter, part]) => [letter, letters.includes(letter) ? { ...part, process } : part]),
  );
}

/** A cycle through time, and the same through a session. `letters` follow each other in the session. */
function timed(
  make: typeof list,
  kind: string,
  events: string,
  own: Record<string, Part>,
  letters: string,
): readonly Template[] {
  return [make(`${kind}-realtime`, events, own), make(`${kind}-process`, events, together(own, letters))];
}

const failed = (own: Record<string, Part>): Record<string, Part> => ({ ...own, A: { ...own.A, type: 'fail' } });

const LIST_TEMPLATES: readonly Template[] = [
  list('internal', 'A a B b', parts([a(0, 1), r(0, [])], [r(0, [1])])),
  list('future-read', 'A a', parts([r(0, [1]), a(0, 1)])),
  list('G1a', CONCURRENT_2, failed(parts([a(0, 1)], [r(0, [1])]))),
  list('G1b', CONCURRENT_2, parts([a(0, 1), a(0, 2)], [r(0, [1])]), ['G-single-item']),
  list('dirty-update', 'A B a b C c', failed(parts([a(0, 1)], [a(0, 2)], [r(0, [1, 2])])), ['G1a']),
  list('duplicate-elements', 'A a B b', parts([a(0, 1)], [r(0, [1, 1])])),
  list('incompatible-order', 'A B C D a b c d', parts([a(0, 1)], [a(0, 2)], [r(0, [1, 2])], [r(0, [2, 1])])),
  list('lost-update', CONCURRENT_2_THEN_READ, parts([r(0, []), a(0, 1)], [r(0, []), a(0, 2)], [r(0, [1, 2])]), [
    'G-single-item',
  ]),
  list('thin-air-read', 'A a', parts([r(0, [7])])),
  list('G0', CONCURRENT_2_THEN_READ, parts([a(0, 1), a(1, 1)], [a(0, 2), a(1, 2)], [r(0, [1, 2]), r(1, [2, 1])])),
  list('G1c', CONCURRENT_2, parts([a(0, 1), r(1, [1])], [a(1, 1), r(0, [1])])),
  list('G-single-item', CONCURRENT_2, parts([a(0, 1), a(1, 1)], [r(0, []), r(1, [1])])),
  list(
    'G-nonadjacent-item',
    'A B C D a b c d',
    parts([a(0, 1)], [a(1, 1)], [r(0, [1]), r(1, [])], [r(0, []), r(1, [1])]),
  ),
  list('G2-item', CONCURRENT_2_THEN_READ, parts([r(0, []), a(1, 1)], [r(1, []), a(0, 1)], [r(0, [1]), r(1, [1])])),
  ...timed(list, 'G0', 'A a B b C c', parts([a(0, 1)], [a(0, 2)], [r(0, [2, 1])]), 'AB'),
  ...timed(list, 'G1c', 'A a B b', parts([r(0, [1])], [a(0, 1)]), 'AB'),
  ...timed(list, 'G-single-item', 'A a B b', parts([a(0, 1)], [r(0, [])]), 'AB'),
  ...timed(
    list,
    'G-nonadjacent-item',
    'B D A a C b c d',
    parts([a(0, 1)], [a(1, 1)], [r(1, [])], [r(0, []), r(1, [1])]),
    'AC',
  ),
  ...timed(list, 'G2-item', 'B C c A a b', parts([r(0, [])], [a(0, 1), r(1, [])], [a(1, 1)]), 'CA'),
];

const REGISTER_TEMPLATES: readonly Template[] = [
  register('internal', CONCURRENT_2, parts([w(0, 1), r(0, 2)], [w(0, 2)])),
  register('G1a', CONCURRENT_2, failed(parts([w(0, 1)], [r(0, 1)]))),
  register('G1b', CONCURRENT_2, parts([w(0, 1), w(0, 2)], [r(0, 1)])),
  register('lost-update', CONCURRENT_2, parts([r(0, null), w(0, 1)], [r(0, null), w(0, 2)]), ['G2-item']),
  register('thin-air-read', 'A a', parts([r(0, 7)])),
  register('cyclic-versions', CONCURRENT_2, parts([r(0, 1), w(0, 2)], [r(0, 2), w(0, 1)]), ['G1c']),
  register('G0', CONCURRENT_2, parts([w(0, 1), r(1, 1), w(1, 2)], [r(0, 1), w(0, 2), w(1, 1)])),
  register('G1c', CONCURRENT_2, parts([w(0, 1), r(1, 1)], [w(1, 1), r(0, 1)])),
  register('G-single-item', CONCURRENT_2, parts([w(0, 1), w(1, 1)], [r(0, null), r(1, 1)]), ['read-atomic-cycle']),
  register(
    'G-nonadjacent-item',
    'A B C D a b c d',
    parts([w(0, 1)], [w(1, 1)], [r(0, 1), r(1, null)], [r(0, null), r(1, 1)]),
  ),
  register('G2-item', CONCURRENT_2, parts([r(0, null), w(1, 1)], [r(1, null), w(0, 1)])),
  ...timed(register, 'G0', 'A a B b', parts([r(0, 1), w(0, 2)], [w(0, 1)]), 'AB'),
  ...timed(register, 'G1c', 'A a B b', parts([r(0, 1)], [w(0, 1)]), 'AB'),
  ...timed(register, 'G-single-item', 'A a B b', parts([w(0, 1)], [r(0, null)]), 'AB'),
  ...timed(
    register,
    'G-nonadjacent-item',
    'B D A a C b c d',
    parts([w(0, 1)], [w(1, 1)], [r(1, null)], [r(0, null), r(1, 1)]),
    'AC',
  ),
  ...timed(register, 'G2-item', 'B C c A a b', parts([r(0, null)], [w(0, 1), r(1, null)], [w(1, 1)]), 'CA'),
];

/** One template a kind and family. For tests: what each checker must find, and name right. */
export const TEMPLATES: readonly Template[] = [...LIST_TEMPLATES, ...REGISTER_TEMPLATES];

/** The template's events, with its keys and processes moved up so that it can stand beside other transactions. */
export function eventsOf(template: Template, firstKey = 0, firstProcess = 0): EventInput[] {
  return template.events.split(' ').map((letter): EventInput => {
    const part = template.parts[letter.toUpperCase()];
    const invoked = letter === letter.toUpperCase();
    const known = !invoked && (part.type ?? 'ok') === 'ok';
    const value = part.mops.map(([f, key, read]): Json => [f, key + firstKey, f === 'r' && !known ? null : read]);
    const type = invoked ? 'invoke' : (part.type ?? 'ok');
    return { process: part.process + firstProcess, type, f: 'txn', value };
  });
}

/** The same transactions as a correct store would have executed them, one after the other. */
export function mended(template: Template): EventInput[] {
  const lists = template.family === 'list-append';
  const state = new Map<number, number[]>();
  const letters = template.events.split(' ').filter((letter) => letter === letter.toLowerCase());
  return letters.flatMap((letter): EventInput[] => {
    const part = template.parts[letter.toUpperCase()];
    const { process, type = 'ok' } = part;
    const asked = part.mops.map(([f, key, value]): Json => [f, key, f === 'r' ? null : value]);
    const answered = part.mops.map(([f, key, value]): Json => {
      const own = state.get(key) ?? [];
      if (f === 'r') return [f, key, lists ? [...own] : (own.at(-1) ?? null)];
      if (type === 'ok') state.set(key, [...own, value as number]);
      return [f, key, value];
    });
    return [
      { process, type: 'invoke', f: 'txn', value: asked },
      { process, type, f: 'txn', value: type === 'ok' ? answered : asked },
    ];
  });
}
