/** Disjoint sets of participants and of whatever ties them together, growing by union (Galler and Fischer 1964). */
export class Groups {
  private readonly parents = new Map<number, number>();
  private readonly members = new Map<number, number[]>();

  /** Puts these into one group, with the groups they were in. */
  unite(items: Iterable<number>): void {
    let root: number | undefined;
    for (const item of items) {
      const other = this.rootOf(item);
      if (root === undefined) root = other;
      else if (other !== root) root = this.join(root, other);
    }
  }

  /** Members of the group of an item, the item included. */
  membersOf(item: number): readonly number[] {
    return this.members.get(this.rootOf(item)) ?? [];
  }

  rootOf(item: number): number {
    const parent = this.parents.get(item);
    if (parent === undefined) {
      this.parents.set(item, item);
      this.members.set(item, [item]);
      return item;
    }
    if (parent === item) return item;
    const root = this.rootOf(parent);
    this.parents.set(item, root);
    return root;
  }

  private join(a: number, b: number): number {
    const one = this.members.get(a)!;
    const other = this.members.get(b)!;
    const [root, child] = one.length >= other.length ? [a, b] : [b, a];
    const kept = this.members.get(root)!;
    for (const member of this.members.get(child)!) kept.push(member);
    this.members.delete(child);
    this.parents.set(child, root);
    return root;
  }
}
