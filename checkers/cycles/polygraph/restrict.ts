import type { Registers } from './registers.js';

/**
 * The history of some participants (ascending) alone: what they read from others counts for nothing. Any execution of the
 * whole, with the others taken out, is one of these; so if there is none, there is none of the whole.
 */
export function restrict(registers: Registers, members: Int32Array): Registers {
  const { owners, writeStarts, writeKeys, readStarts, readVersions } = registers;
  const writes = owners.length;
  const renamed = new Map<number, number>();
  const keys = new Map<number, number>();
  const keyOf = (key: number) => keys.get(key) ?? keys.set(key, keys.size).size - 1;
  const newKeys: number[] = [];
  const newOwners: number[] = [];
  const newWriteStarts = [0];
  members.forEach((member, place) => {
    for (let write = writeStarts[member]; write < writeStarts[member + 1]; write++) {
      renamed.set(write, newOwners.length);
      newKeys.push(keyOf(writeKeys[write]));
      newOwners.push(place);
    }
    newWriteStarts.push(newOwners.length);
  });
  const newReadStarts = [0];
  const newReads: number[] = [];
  for (const member of members) {
    for (let read = readStarts[member]; read < readStarts[member + 1]; read++) {
      const version = readVersions[read];
      const known = version < writes ? renamed.get(version) : newOwners.length + keyOf(version - writes);
      if (known !== undefined) newReads.push(known);
    }
    newReadStarts.push(newReads.length);
  }
  const pick = (column: Int32Array) => Int32Array.from(members, (member) => column[member]);
  return {
    length: members.length,
    keys: keys.size,
    transactions: pick(registers.transactions),
    processes: pick(registers.processes),
    invokes: pick(registers.invokes),
    completions: pick(registers.completions),
    writeStarts: Int32Array.from(newWriteStarts),
    writeKeys: Int32Array.from(newKeys),
    owners: Int32Array.from(newOwners),
    readStarts: Int32Array.from(newReadStarts),
    readVersions: Int32Array.from(newReads),
  };
}
