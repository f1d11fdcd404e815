import type { Columns } from '../state/tables.js';
import type { Node } from './node.js';

const MS = 1e6;
/** Whoever published a row and never took it back has died. */
const FORGOTTEN_NS = 2000 * MS;

interface Intent {
  readonly transaction: number;
  readonly columns: Columns | undefined;
  readonly sinceNs: number;
}

/** Rows as transactions on any node mean to leave them: what `read uncommitted` shows. */
export class Intents {
  private readonly byRow = new Map<string, Intent>();

  constructor(private readonly node: Node) {}

  clear(): void {
    this.byRow.clear();
  }

  publish(transaction: number, row: string, columns: Columns | undefined): void {
    this.everywhere(({ byRow, now }) => byRow.set(row, { transaction, columns, sinceNs: now }));
  }

  withdraw(transaction: number): void {
    if (this.node.around.behaviour.isolation !== 'read-uncommitted') return;
    this.everywhere(({ byRow }) => {
      for (const [row, intent] of byRow) if (intent.transaction === transaction) byRow.delete(row);
    });
  }

  of(row: string): { readonly columns: Columns | undefined } | undefined {
    const intent = this.byRow.get(row);
    return intent === undefined || this.now - intent.sinceNs > FORGOTTEN_NS ? undefined : intent;
  }

  rows(): Iterable<string> {
    return this.byRow.keys();
  }

  private get now(): number {
    return this.node.around.world.nowNs();
  }

  private everywhere(work: (intents: Intents) => unknown): void {
    work(this);
    for (const peer of this.node.around.peers) {
      if (peer !== this.node) this.node.send(peer, () => work(peer.transactions.intents));
    }
  }
}
