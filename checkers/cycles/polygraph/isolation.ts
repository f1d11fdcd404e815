/** Levels that leave open no more than the order of versions. */
export type Isolation = 'serializable' | 'snapshot-isolation';

/**
 * When transactions read and write. Under serializability each has one moment; under snapshot isolation (Adya's PL-SI; the
 * order of starts and commits of Crooks and others) one where its snapshot is taken and a later one where it commits. Then
 * for either level:
 *
 * - whoever is read from, overwritten or ordered before has committed when the other reads,
 * - whoever read a version has read when the next version is committed,
 *
 * and moments that can be put in a line like that are an execution.
 */
export interface Moments {
  readonly perTransaction: 1 | 2;
  readonly count: number;
  read(member: number): number;
  write(member: number): number;
}

export function momentsOf(isolation: Isolation, members: number): Moments {
  if (isolation === 'serializable') {
    return { perTransaction: 1, count: members, read: (member) => member, write: (member) => member };
  }
  return { perTransaction: 2, count: 2 * members, read: (member) => 2 * member, write: (member) => 2 * member + 1 };
}
