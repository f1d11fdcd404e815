import { NONE } from '../../../harness/history/history.js';
import { momentsOf, type Isolation } from './isolation.js';
import type { Registers } from './registers.js';
import { followers, successors, type TimeOrdering } from './time.js';

/**
 * Whether moments (see {@link momentsOf}) in this order are an execution that the level and the order allow and that
 * explains every read. Executes them one by one and shares nothing with the search, so that a mistake there cannot make a
 * history valid.
 */
export function replay(registers: Registers, isolation: Isolation, order: TimeOrdering, line: Int32Array): boolean {
  const positions = positionsOf(registers, isolation, line);
  return (
    positions !== undefined && inOrder(registers, isolation, order, positions) && reads(registers, isolation, line)
  );
}

/** By moment: its position. Undefined unless every moment is there once, no commit before its start. */
function positionsOf({ length }: Registers, isolation: Isolation, line: Int32Array): Int32Array | undefined {
  const moments = momentsOf(isolation, length);
  if (line.length !== moments.count) return undefined;
  const positions = new Int32Array(moments.count).fill(NONE);
  for (let at = 0; at < line.length; at++) {
    if (positions[line[at]] !== NONE) return undefined;
    positions[line[at]] = at;
  }
  for (let member = 0; member < length; member++) {
    if (positions[moments.read(member)] > positions[moments.write(member)]) return undefined;
  }
  return positions;
}

function inOrder(registers: Registers, isolation: Isolation, order: TimeOrdering, positions: Int32Array): boolean {
  const { length } = registers;
  const moments = momentsOf(isolation, length);
  if (order === 'none') return true;
  if (order === 'process') {
    return successors(registers).every(
      (next, member) => next === NONE || positions[moments.write(member)] < positions[moments.read(next)],
    );
  }
  /** By participant: the last moment of those completed before it, but not before the one invoked before it. */
  const lower = new Int32Array(length + 1).fill(NONE);
  followers(registers).forEach((follower, member) => {
    lower[follower] = Math.max(lower[follower], positions[moments.write(member)]);
  });
  let completed = NONE;
  for (let member = 0; member < length; member++) {
    completed = Math.max(completed, lower[member]);
    if (positions[moments.read(member)] <= completed) return false;
  }
  return true;
}

function reads(registers: Registers, isolation: Isolation, line: Int32Array): boolean {
  const { owners, keys, writeKeys, writeStarts, readStarts, readVersions, length } = registers;
  const perTransaction = momentsOf(isolation, length).perTransaction;
  const state = Int32Array.from({ length: keys }, (_, key) => owners.length + key);
  const written = new Int32Array(keys).fill(NONE);
  const started = new Int32Array(length);
  for (let at = 0; at < line.length; at++) {
    const member = Math.floor(line[at] / perTransaction);
    const isRead = line[at] % perTransaction === 0;
    const isWrite = line[at] % perTransaction === perTransaction - 1;
    if (isRead) {
      started[member] = at;
      for (let read = readStarts[member]; read < readStarts[member + 1]; read++) {
        const version = readVersions[read];
        if (state[version < owners.length ? writeKeys[version] : version - owners.length] !== version) return false;
      }
    }
    if (!isWrite) continue;
    for (let write = writeStarts[member]; write < writeStarts[member + 1]; write++) {
      const key = writeKeys[write];
      // The first committer wins: of two writers of a key the later has the earlier in its snapshot.
      if (written[key] > started[member]) return false;
      written[key] = at;
      state[key] = write;
    }
  }
  return true;
}
