import { NONE } from '../../../harness/history/history.js';
import type { Registers } from './registers.js';

/**
 * A transaction that read a version and wrote the key made the very next version, under serializability as under snapshot
 * isolation: anything in between it would have read instead. So the versions of a key fall into blocks, each a write that
 * read nothing followed by such successors, that stay together in every version order. What is open is only the order of
 * a key's blocks, of which the one that begins with the initial state is the first.
 */
export interface Blocks {
  readonly count: number;
  /** By key, one entry more: its blocks; the first of them begins with the initial state. */
  readonly starts: Int32Array;
  /** By block: its first and last version. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** By block: how many versions. */
  readonly sizes: Int32Array;
  /** By version: its block, its place in there, and the version after it in there or NONE. */
  readonly of: Int32Array;
  readonly places: Int32Array;
  readonly next: Int32Array;
  /** By version, one entry more: where its readers begin in `readers`, without the one that wrote the next version. */
  readonly readerStarts: Int32Array;
  readonly readers: Int32Array;
}

/** Participants that no version order can satisfy, and why. */
export interface Contradiction {
  readonly kind: 'lost-update' | 'circle';
  readonly members: readonly number[];
}

export function blocksOf(registers: Registers): Blocks | Contradiction {
  const { owners, writeKeys, keys } = registers;
  const writes = owners.length;
  const next = new Int32Array(writes + keys).fill(NONE);
  const blind = new Uint8Array(writes).fill(1);
  const updates = new Uint8Array(registers.readVersions.length);
  const writtenAs = new Int32Array(keys).fill(NONE);
  for (let member = 0; member < registers.length; member++) {
    const from = registers.writeStarts[member];
    const to = registers.writeStarts[member + 1];
    for (let write = from; write < to; write++) writtenAs[writeKeys[write]] = write;
    for (let read = registers.readStarts[member]; read < registers.readStarts[member + 1]; read++) {
      const version = registers.readVersions[read];
      const write = writtenAs[version < writes ? writeKeys[version] : version - writes];
      if (write < from) continue;
      if (next[version] !== NONE) return lostUpdate(registers, version, [owners[next[version]], member]);
      next[version] = write;
      blind[write] = 0;
      updates[read] = 1;
    }
  }
  return layOut(registers, next, blind, updates);
}

function lostUpdate({ owners }: Registers, version: number, members: readonly number[]): Contradiction {
  const writer = version < owners.length ? [owners[version]] : [];
  return { kind: 'lost-update', members: [...new Set([...writer, ...members])] };
}

function layOut(
  registers: Registers,
  next: Int32Array,
  blind: Uint8Array,
  updates: Uint8Array,
): Blocks | Contradiction {
  const { owners, writeKeys, keys } = registers;
  const writes = owners.length;
  const starts = new Int32Array(keys + 1);
  for (let key = 0; key < keys; key++) starts[key + 1] = 1;
  for (let write = 0; write < writes; write++) starts[writeKeys[write] + 1] += blind[write];
  for (let key = 0; key < keys; key++) starts[key + 1] += starts[key];
  const count = starts[keys];
  const first = new Int32Array(count);
  for (let key = 0; key < keys; key++) first[starts[key]] = writes + key;
  const cursor = starts.slice();
  for (let write = 0; write < writes; write++) if (blind[write]) first[++cursor[writeKeys[write]]] = write;
  const of = new Int32Array(writes + keys).fill(NONE);
  const places = new Int32Array(writes + keys);
  const last = new Int32Array(count);
  const sizes = new Int32Array(count);
  let placed = 0;
  for (let block = 0; block < count; block++) {
    for (let version = first[block]; version !== NONE; version = next[version]) {
      of[version] = block;
      places[version] = sizes[block]++;
      last[block] = version;
      placed++;
    }
  }
  if (placed < of.length) return circle(registers, next, of);
  return { count, starts, first, last, sizes, of, places, next, ...readersOf(registers, updates) };
}

/** Versions that no blind write leads to follow each other in a circle. */
function circle({ owners }: Registers, next: Int32Array, of: Int32Array): Contradiction {
  const start = of.indexOf(NONE);
  const members = [owners[start]];
  for (let version = next[start]; version !== start; version = next[version]) members.push(owners[version]);
  return { kind: 'circle', members };
}

function readersOf(
  { owners, keys, length, readStarts, readVersions }: Registers,
  updates: Uint8Array,
): Pick<Blocks, 'readerStarts' | 'readers'> {
  const readerStarts = new Int32Array(owners.length + keys + 1);
  readVersions.forEach((version, read) => (readerStarts[version + 1] += 1 - updates[read]));
  for (let version = 0; version + 1 < readerStarts.length; version++)
    readerStarts[version + 1] += readerStarts[version];
  const readers = new Int32Array(readerStarts[readerStarts.length - 1]);
  const cursor = readerStarts.slice();
  for (let member = 0; member < length; member++) {
    for (let read = readStarts[member]; read < readStarts[member + 1]; read++) {
      if (!updates[read]) readers[cursor[readVersions[read]]++] = member;
    }
  }
  return { readerStarts, readers };
}
