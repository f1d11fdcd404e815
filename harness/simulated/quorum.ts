/** The smallest number of nodes of which any two groups overlap. */
export function majority(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/** The highest number that a quorum has reached. Asked for every message: no sorting, no copies. */
export function agreed(reached: readonly number[], quorum: number): number {
  let highest = 0;
  for (const value of reached) {
    if (value <= highest) continue;
    let nodes = 0;
    for (const other of reached) if (other >= value) nodes++;
    if (nodes >= quorum) highest = value;
  }
  return highest;
}
