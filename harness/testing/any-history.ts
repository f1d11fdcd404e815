import fc from 'fast-check';

/** A value as files of several formats write it: what JSON cannot say is text of EDN. */
export type AnyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly AnyValue[]
  | { readonly entries: readonly (readonly [AnyValue, AnyValue])[] }
  | { readonly edn: string };

export interface AnyEvent {
  readonly process: number;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: string;
  readonly value: AnyValue;
}

const small = fc.integer({ min: -1, max: 4 });
const integer: fc.Arbitrary<AnyValue> = fc.oneof(
  { weight: 8, arbitrary: small },
  { weight: 1, arbitrary: fc.constantFrom<AnyValue>(2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n + 1n) },
);
const scalar: fc.Arbitrary<AnyValue> = fc.oneof(
  { weight: 6, arbitrary: integer },
  {
    weight: 2,
    arbitrary: fc.constantFrom<AnyValue>(null, true, 0.5, -0, 1e300, '', 'a', '1', 'null', '__proto__', 'constructor'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<AnyValue>(
      ...[':a', ':r', 'sym', '\\a', '1N', '1.5M', '1/2', '#{1 2}', '#{}', '{:a 1}', '(1 2)', '#inst "2020-01-01"'].map(
        (edn) => ({ edn }),
      ),
    ),
  },
);
const list = fc.array(integer, { maxLength: 4 });
const map = (key: fc.Arbitrary<AnyValue>, value: fc.Arbitrary<AnyValue>): fc.Arbitrary<AnyValue> =>
  fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 3, selector: ([name]) => text(name, 'json') })
    .map((entries) => ({ entries }));
const record = (fields: Readonly<Record<string, fc.Arbitrary<AnyValue>>>): fc.Arbitrary<AnyValue> =>
  fc
    .tuple(...Object.entries(fields).map(([name, value]) => value.map((one) => [name, one] as const)))
    .map((entries) => ({ entries }));
const micro = (...names: readonly string[]): fc.Arbitrary<AnyValue> =>
  fc.tuple(
    fc.constantFrom(...names),
    fc.oneof({ weight: 6, arbitrary: small }, scalar),
    fc.oneof(integer, list, fc.constant(null)),
  );
const transaction = (...names: readonly string[]): fc.Arbitrary<AnyValue> =>
  fc.array(micro(...names), { maxLength: 3 });

/** Any value at all. */
export const anyValue: fc.Arbitrary<AnyValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  list,
  fc.array(scalar, { maxLength: 3 }),
  map(
    scalar.filter((value) => typeof value === 'string' || typeof value === 'number'),
    scalar,
  ),
  transaction('r', 'w', 'append', 'x', '__proto__'),
  fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }),
);

type Vocabulary = Readonly<Record<string, fc.Arbitrary<AnyValue>>>;

const key = fc.constantFrom<AnyValue>('a', 'b', 0, 1);
const balances = map(fc.constantFrom<AnyValue>('0', '1', '2'), integer);
const nothing = fc.constant<AnyValue>(null);
const pair = fc.tuple(integer, integer);
const order = record({ order: key, sku: key, quantity: integer });

/** What operations look like, by whom they are for; others get them, too. */
export const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  registers: { read: fc.oneof(integer, nothing), write: integer, cas: pair },
  'registers by key': { read: fc.tuple(key, integer), write: fc.tuple(key, integer), cas: fc.tuple(key, pair) },
  lists: { txn: transaction('r', 'append') },
  'register transactions': { txn: transaction('r', 'w') },
  bank: {
    transfer: record({ from: key, to: key, amount: integer }),
    read: balances,
    ledger: fc.array(record({ id: key, from: key, to: key, amount: integer }), { maxLength: 2 }),
  },
  inventory: {
    order,
    restock: order,
    cancel: order,
    fulfil: order,
    'stock-take': balances,
    read: balances,
    book: list,
  },
  queues: { enqueue: integer, dequeue: fc.oneof(integer, nothing), drain: list, push: integer, pop: integer },
  sets: { add: integer, read: list, remove: integer },
  counters: { add: integer, read: integer, inc: integer, generate: integer, 'fetch-and-add': integer },
  locks: { acquire: fc.oneof(nothing, integer), release: fc.oneof(nothing, integer) },
  skew: { insert: fc.tuple(key, pair), read: fc.oneof(transaction('r'), list), write: transaction('w') },
  stores: {
    get: fc.oneof(record({ key, value: key }), fc.tuple(key, integer)),
    put: fc.oneof(record({ key, value: key }), fc.tuple(key, integer)),
    append: record({ key, value: key }),
    delete: key,
    range: fc.tuple(key, key),
    txn: fc.oneof(transaction('read', 'write'), record({ if: list, then: list, else: list })),
  },
};

interface Step {
  readonly process: number;
  readonly operation: readonly [string, AnyValue];
  readonly nonsense: AnyValue;
  readonly fate: 'ok' | 'fail' | 'info';
  readonly twist: number;
}

/** Histories in which each process has one operation at a time, may go on after an unknown outcome, and may never end. */
export function anyHistory(vocabulary: Vocabulary): fc.Arbitrary<readonly AnyEvent[]> {
  const operation = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.oneof(...Object.entries(vocabulary).map(([f, value]) => fc.tuple(fc.constant(f), value))),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('', 'read', 'txn', '__proto__', 'constructor', 'ä b'), anyValue) },
  );
  const step: fc.Arbitrary<Step> = fc.record({
    process: fc.nat({ max: 3 }),
    operation,
    nonsense: anyValue,
    fate: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'info'),
    twist: fc.nat({ max: 19 }),
  });
  return fc.array(step, { maxLength: 24 }).map(eventsOf);
}

function eventsOf(steps: readonly Step[]): readonly AnyEvent[] {
  const open = new Map<number, AnyEvent>();
  return steps.map(({ process, operation: [f, value], nonsense, fate, twist }) => {
    const asked = open.get(process);
    if (asked === undefined) {
      const event: AnyEvent = { process, type: 'invoke', f, value: twist === 0 ? nonsense : twist < 6 ? null : value };
      open.set(process, event);
      return event;
    }
    open.delete(process);
    // Mostly the answer repeats what was asked, as writes do, or it is one of the right shape.
    const answer = twist === 0 ? nonsense : f === asked.f && twist < 10 ? value : asked.value;
    return { process, type: fate, f: asked.f, value: answer };
  });
}

/** The text of a file. */
export function fileOf(events: readonly AnyEvent[], format: 'json' | 'edn'): string {
  const line = ({ process, type, f, value }: AnyEvent) =>
    format === 'json'
      ? `{"process":${process},"type":"${type}","f":${JSON.stringify(f)},"value":${text(value, format)}}`
      : `{:process ${process}, :type :${type}, :f ${/^[a-z-]+$/.test(f) ? `:${f}` : JSON.stringify(f)}, :value ${text(value, format)}}`;
  return events.map((event) => `${line(event)}\n`).join('');
}

function text(value: AnyValue, format: 'json' | 'edn'): string {
  if (value === null) return format === 'json' ? 'null' : 'nil';
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  if (isList(value)) return `[${value.map((one) => text(one, format)).join(format === 'edn' ? ' ' : ',')}]`;
  if ('edn' in value) return format === 'edn' ? value.edn : JSON.stringify(value.edn);
  const parts = value.entries.map(([name, one]) =>
    format === 'edn'
      ? `${typeof name === 'string' && /^[a-z]+$/.test(name) ? `:${name}` : text(name, format)} ${text(one, format)}`
      : `${JSON.stringify(typeof name === 'string' ? name : text(name, format))}:${text(one, format)}`,
  );
  return `{${parts.join(format === 'edn' ? ', ' : ',')}}`;
}

/** Arrays that cannot be changed are not told from others by `Array.isArray`. */
function isList(value: AnyValue): value is readonly AnyValue[] {
  return Array.isArray(value);
}
