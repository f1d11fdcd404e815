import { clientSessions } from '../../harness/history/client-sessions.js';
import { OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { EXTERNAL, WRITE, type Transactions } from '../transactions/transactions.js';
import type { Findings } from './findings.js';
import { RegisterNames } from './register-anomalies.js';
import { components } from './tarjan.js';

/** Assumptions that order the versions of a register, beyond "null comes first". */
export interface RegisterOptions {
  /** A transaction that reads a version and writes the key wrote the next one or a later one. */
  readonly writesFollowReads?: boolean;
  /** Every process sees each single key go forward only. */
  readonly sequentialKeys?: boolean;
  /** Every single key is linearizable. */
  readonly linearizableKeys?: boolean;
}

/**
 * Options as given by people or recorded in a plan: `writesFollowReads`, `sequentialKeys`, `linearizableKeys`.
 * `readsCount`: whether the level asked for says anything about reads.
 */
export function registerOptions(
  transactions: Transactions,
  options: Readonly<Record<string, Json>>,
  readsCount = true,
): RegisterOptions {
  const chosen = (name: keyof RegisterOptions, otherwise: boolean) =>
    options[name] === undefined ? otherwise : options[name] === true || options[name] === 'true';
  return {
    // Where every write replaces what its transaction read, nothing but this order makes sense of the history.
    writesFollowReads: chosen('writesFollowReads', readsCount && onlyReadModifyWrites(transactions)),
    sequentialKeys: chosen('sequentialKeys', false),
    linearizableKeys: chosen('linearizableKeys', false),
  };
}

/** What the options assume, a sentence each. */
export function assumptionsOf({ writesFollowReads, sequentialKeys, linearizableKeys }: RegisterOptions): string[] {
  return [
    ...(writesFollowReads ? ['assuming that within a transaction writes follow reads'] : []),
    ...(sequentialKeys ? ['assuming that each key alone is sequentially consistent'] : []),
    ...(linearizableKeys ? ['assuming that each key alone is linearizable'] : []),
  ];
}

/** Mini-transactions: each committed write follows an external read of its key by the same transaction. */
function onlyReadModifyWrites({ length, starts, mops, keys, statuses }: Transactions): boolean {
  const read = new Set<number>();
  for (let transaction = 0; transaction < length; transaction++) {
    read.clear();
    for (let mop = starts[transaction]; mop < starts[transaction + 1] && statuses[transaction] === OK; mop++) {
      if (mops[mop] & EXTERNAL) read.add(keys[mop]);
      else if (mops[mop] & WRITE && !read.has(keys[mop])) return false;
    }
  }
  return true;
}

/** What a transaction did to one key, seen from outside. Versions are numbers of writes; -1 is null. */
export interface Access {
  readonly transaction: number;
  readonly read: number | undefined;
  readonly wrote: number | undefined;
}

export type VersionEdge = readonly [before: number, after: number];

/** Infers which versions of a key precede which, from each assumption in turn, dropping one that contradicts itself. */
export class VersionOrders {
  private readonly names: RegisterNames;

  constructor(
    private readonly transactions: Transactions,
    private readonly options: RegisterOptions,
    private readonly findings: Findings,
  ) {
    this.names = new RegisterNames(transactions);
  }

  /** Edges between versions of one key. `accesses` in order of invocation; versions below `versions`. */
  of(key: number, accesses: readonly Access[], versions: number): readonly VersionEdge[] {
    const { writesFollowReads, sequentialKeys, linearizableKeys } = this.options;
    const sources: readonly (readonly [string, () => VersionEdge[]])[] = [
      ...(writesFollowReads ? [['writes follow reads', () => followingReads(accesses)] as const] : []),
      ...(sequentialKeys ? [['sequential keys', () => this.sequential(accesses)] as const] : []),
      ...(linearizableKeys ? [['linearizable keys', () => this.linearizable(accesses)] as const] : []),
    ];
    let edges: VersionEdge[] = [];
    for (const [source, infer] of sources) {
      const together = [...edges, ...infer()];
      const cyclic = cyclicVersions(together, versions);
      if (cyclic.length === 0) edges = together;
      else this.report(key, source, accesses, cyclic);
    }
    return edges;
  }

  private report(key: number, source: string, accesses: readonly Access[], cyclic: readonly number[]): void {
    const involved = accesses.filter(({ read, wrote }) => cyclic.includes(read ?? -2) || cyclic.includes(wrote ?? -2));
    const transactions = involved.slice(0, 8).map(({ transaction }) => transaction);
    this.findings.add('cyclic-versions', transactions, () => this.names.cyclicVersions(key, source, transactions));
  }

  private sequential(accesses: readonly Access[]): VersionEdge[] {
    const { history, invokes, statuses } = this.transactions;
    const { sessions } = clientSessions(history);
    const last = new Map<number, Access>();
    const edges: VersionEdge[] = [];
    for (const access of accesses) {
      const process = sessions[invokes[access.transaction]];
      const previous = last.get(process);
      if (previous) link(edges, previous, access);
      if (statuses[access.transaction] === OK) last.set(process, access);
    }
    return edges;
  }

  /**
   * Completed accesses precede later invocations. Only those not yet overtaken are linked: once B, invoked after A's
   * completion, has completed itself, whatever follows B follows A through B.
   */
  private linearizable(accesses: readonly Access[]): VersionEdge[] {
    const { invokes, completions, statuses } = this.transactions;
    const completing = accesses
      .filter(({ transaction }) => statuses[transaction] === OK)
      .sort((a, b) => completions[a.transaction] - completions[b.transaction]);
    let frontier: Access[] = [];
    let done = 0;
    const edges: VersionEdge[] = [];
    for (const access of accesses) {
      const invoked = invokes[access.transaction];
      while (done < completing.length && completions[completing[done].transaction] < invoked) {
        const completed = completing[done++];
        const since = invokes[completed.transaction];
        // Passing through an access that does not say which version it left would lose the link.
        frontier = frontier.filter((earlier) => completions[earlier.transaction] > since);
        frontier.push(completed);
      }
      for (const earlier of frontier) link(edges, earlier, access);
    }
    return edges;
  }
}

function followingReads(accesses: readonly Access[]): VersionEdge[] {
  const edges: VersionEdge[] = [];
  for (const { read, wrote } of accesses) {
    if (read !== undefined && read >= 0 && wrote !== undefined) edges.push([read, wrote]);
  }
  return edges;
}

/** From the last version a transaction left or saw to the first that a later one saw or made. */
function link(edges: VersionEdge[], earlier: Access, later: Access): void {
  const before = earlier.wrote ?? earlier.read;
  const after = later.read ?? later.wrote;
  if (before === undefined || after === undefined || before === after) return;
  // Nothing precedes null: reading it after a version is a contradiction, kept as an edge so that it shows.
  edges.push([before, after]);
}

/** Versions on a cycle; null (-1) counts as preceding every other. */
function cyclicVersions(edges: readonly VersionEdge[], versions: number): number[] {
  const nodes = versions + 1;
  const offsets = new Int32Array(nodes + 1);
  for (const [before] of edges) offsets[before + 2]++;
  offsets[1] += versions;
  for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
  const targets = new Int32Array(edges.length + versions);
  const cursor = offsets.slice();
  for (let version = 0; version < versions; version++) targets[cursor[0]++] = version + 1;
  for (const [before, after] of edges) targets[cursor[before + 1]++] = after + 1;
  const { count, of } = components({ nodes, offsets, targets, relations: new Uint8Array(targets.length) }, ~0);
  if (count === nodes) return [];
  const sizes = new Int32Array(count);
  for (const component of of) sizes[component]++;
  const cyclic: number[] = [];
  of.forEach((component, node) => {
    if (sizes[component] > 1) cyclic.push(node - 1);
  });
  return cyclic;
}
