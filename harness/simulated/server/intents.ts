import type { SqlRow } from '../../../docker/system.js';
import type { Node } from './node.js';

const MS = 1e6;
/** Whoever published a row and never took it back has died. */
const FORGOTTEN_NS = 2000 * MS;

interface Intent {
  readonly transaction: number;
  readonly row: SqlRow | undefined;
  readonly sinceNs: number;
}

/** Rows as transactions on any node mean to leave them: what `read uncommitted` shows. */
export class Intents {
  private readonly byRow = new Map<string, Intent>();

  constructor(private readonly node: Node) {}

  clear(): void {
    this.byRow.clear();
  }

  publish(transaction: number, name: string, row: SqlRow | undefined): void {
    this.everywhere(({ byRow, now }) => byRow.set(name, { transaction, row, sinceNs: now }));
  }

  withdraw(transaction: number): void {
    if (this.node.around.behaviour.isolation !== 'read-uncommitted') return;
    this.everywhere(({ byRow }) => {
      for (const [name, intent] of byRow) if (intent.transaction === transaction) byRow.delete(name);
    });
  }

  of(name: string): { readonly row: SqlRow | undefined } | undefined {
    const intent = this.byRow.get(name);
    return intent === undefined || this.now - intent.sinceNs > FORGOTTEN_NS ? undefined : intent;
  }

  get none(): boolean {
    return this.byRow.size === 0;
  }

  names(): Iterable<string> {
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
