/** The smallest number of nodes of which any two groups overlap. */
export function majority(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/** The highest number that a quorum of the members has reached. Asked for every message: no sorting, no copies. */
export function agreed(reached: readonly number[], quorum: number, members: readonly number[]): number {
  let highest = 0;
  for (const member of members) {
    const value = reached[member];
    if (value <= highest) continue;
    let nodes = 0;
    for (const other of members) if (reached[other] >= value) nodes++;
    if (nodes >= quorum) highest = value;
  }
  return highest;
}
