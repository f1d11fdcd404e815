import { History, type HistoryColumns } from '../history/history.js';
import { Int32Buffer, Uint8Buffer } from '../history/micro-operations/buffers.js';
import { LineMap } from '../history/line-map.js';
import { Origin } from '../history/origin.js';
import { Lists } from '../history/micro-operations/lists.js';
import { MicroOperations } from '../history/micro-operations/micro-operations.js';

/** Classes that columns may hold, by the name under which their fields travel. */
const CLASSES = { Int32Buffer, Uint8Buffer, Lists, MicroOperations, LineMap, Origin } as const;
type ClassName = keyof typeof CLASSES;

/** An object of one of these classes on its way to another thread. */
interface Packed {
  readonly faultlineClass: ClassName;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A history as a message to another thread: typed arrays in shared memory, everything else as plain data. */
export type PortableHistory = Readonly<Record<string, unknown>>;

type TypedArray = Uint8Array | Int16Array | Uint16Array | Int32Array | Float64Array | BigInt64Array;

/** Arrays that were put into shared memory before: selections of one history share its slab. */
const copies = new WeakMap<TypedArray, TypedArray>();
const packed = new WeakMap<HistoryColumns, PortableHistory>();

/**
 * What {@link unpackHistory} makes a history of again, in another thread. Columns that are not yet in shared memory are
 * copied there, once.
 *
 * @throws Error for a column of a class that cannot travel
 */
export function packHistory({ columns, origin }: History): PortableHistory {
  const known = packed.get(columns);
  if (known !== undefined) return known;
  const made = { ...packFields(columns), ...(origin && { origin: pack(origin) }) };
  packed.set(columns, made);
  return made;
}

export function unpackHistory(portable: PortableHistory): History {
  const { origin, ...columns } = unpackFields(portable);
  return new History(columns as unknown as HistoryColumns, origin as Origin | undefined);
}

function packFields(object: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, pack(value)]));
}

function pack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (isTypedArray(value)) return shared(value);
  if (value instanceof Map || value instanceof Set) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return packFields(value);
  const found = Object.entries(CLASSES).find(([, { prototype: one }]) => one === prototype);
  if (found === undefined) throw new Error(`a ${value.constructor.name} cannot be handed to another thread`);
  return { faultlineClass: found[0] as ClassName, fields: packFields(value) } satisfies Packed;
}

function unpackFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, unpack(value)]));
}

function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isTypedArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return value;
  if (!isPacked(value)) return unpackFields(value as Readonly<Record<string, unknown>>);
  const prototype = CLASSES[value.faultlineClass].prototype as object;
  return Object.assign(Object.create(prototype) as object, unpackFields(value.fields));
}

function isPacked(value: object): value is Packed {
  return 'faultlineClass' in value;
}

function isTypedArray(value: object): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function shared(array: TypedArray): TypedArray {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const known = copies.get(array);
  if (known !== undefined) return known;
  const make = array.constructor as new (buffer: SharedArrayBuffer) => Uint8Array;
  const copy = new make(new SharedArrayBuffer(array.byteLength));
  copy.set(array as Uint8Array);
  copies.set(array, copy);
  return copy;
}
