import type { EventInput } from '../../../harness/history/builder.js';
import type { Json } from '../../../harness/history/operation.js';
import { type Dice, Random } from '../../../harness/kit/random.js';

/** Ways in which a bank can be wrong. */
export type BankBug =
  'stale-read' | 'frozen' | 'torn-read' | 'lost' | 'applied-twice' | 'dirty' | 'unjustified-refusal' | 'overdraft';

export interface BankShape {
  readonly accounts: number;
  readonly initialBalance: number;
  readonly maxAmount: number;
  readonly operations: number;
  readonly concurrency: number;
  readonly infoShare: number;
  readonly failShare: number;
  readonly reads: 'decodable' | 'plain';
  readonly ledger: 'final' | 'none';
  /** Share of transfers of 0, of those from an account to itself, and of reads that are of the ledger. */
  readonly zeroShare?: number;
  readonly selfShare?: number;
  readonly ledgerShare?: number;
  readonly bug?: BankBug;
  /** How often the bug shows where it could; from half of the history on. */
  readonly bugShare?: number;
}

interface Pending {
  readonly f: 'transfer' | 'read' | 'ledger';
  readonly value: Json;
  answer: Json | undefined;
  took: boolean;
  readonly fate: 'ok' | 'info' | 'fail';
}

interface Transfer {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

const STALE_STEPS = 6;

/**
 * A history of a bank that is right, but for its bug: every operation takes effect at one moment between invocation
 * and completion, unknown ones at any later moment or never.
 */
export function simulateBank(shape: BankShape, seed: number): EventInput[] {
  return Random.fromSeed(seed).draw((dice) => new SimulatedBank(shape, dice).run())[0];
}

class SimulatedBank {
  private readonly balances: number[];
  private readonly versions: number[];
  private readonly entries: Transfer[] = [];
  private readonly past: { readonly balances: number[]; readonly versions: number[] }[] = [];
  private readonly events: EventInput[] = [];
  private readonly ghosts: Transfer[] = [];
  private nextId = 1;
  private asked = 0;
  private nextProcess: number;

  constructor(
    private readonly shape: BankShape,
    private readonly dice: Dice,
  ) {
    this.balances = new Array<number>(shape.accounts).fill(shape.initialBalance);
    this.versions = new Array<number>(shape.accounts).fill(0);
    this.nextProcess = shape.concurrency;
  }

  run(): EventInput[] {
    const { dice, shape } = this;
    const clients = Array.from({ length: shape.concurrency }, (_, process) => ({
      process,
      pending: undefined as Pending | undefined,
    }));
    while (this.asked < shape.operations || clients.some(({ pending }) => pending !== undefined)) {
      if (this.ghosts.length > 0 && dice.chance(0.05))
        this.apply(this.ghosts.splice(dice.int(this.ghosts.length), 1)[0]);
      const client = dice.pick(clients);
      if (client.pending === undefined) {
        if (this.asked < shape.operations) client.pending = this.invoke(client.process);
      } else if (!client.pending.took) this.take(client.pending);
      else {
        if (client.pending.fate === 'info') {
          this.emit(client.process, 'info', client.pending.f, client.pending.value);
          client.process = this.nextProcess++;
        } else {
          const { fate, f, value, answer } = client.pending;
          this.emit(client.process, fate, f, fate === 'ok' ? (answer ?? value) : value);
        }
        client.pending = undefined;
      }
    }
    if (shape.ledger === 'final') this.finalLedger();
    return this.events;
  }

  private finalLedger(): void {
    const process = this.nextProcess++;
    const pending: Pending = { f: 'ledger', value: null, answer: undefined, took: false, fate: 'ok' };
    this.emit(process, 'invoke', 'ledger', null);
    this.take(pending);
    this.emit(process, 'ok', 'ledger', pending.answer!);
  }

  private emit(process: number, type: EventInput['type'], f: string, value: Json): void {
    const node = `n${1 + (process % 5)}`;
    this.events.push({
      process,
      type,
      f,
      value,
      node,
      time: this.events.length * 1_000_000,
      index: this.events.length,
    });
  }

  private invoke(process: number): Pending {
    const { dice, shape } = this;
    this.asked++;
    const isRead = dice.chance(0.4);
    const value = isRead ? null : { id: this.nextId++, ...this.ends(), amount: this.amount() };
    const draw = dice.float();
    const fate = draw < shape.infoShare ? 'info' : draw < shape.infoShare + shape.failShare ? 'fail' : 'ok';
    const f = isRead ? (this.isOf(shape.ledgerShare) ? 'ledger' : 'read') : 'transfer';
    this.emit(process, 'invoke', f, value);
    return { f, value, answer: undefined, took: false, fate };
  }

  private amount(): number {
    return this.isOf(this.shape.zeroShare) ? 0 : 1 + this.dice.int(this.shape.maxAmount);
  }

  /** Draws only where there is a share, so that other histories stay what they are. */
  private isOf(share: number | undefined): boolean {
    return share !== undefined && this.dice.chance(share);
  }

  private ends(): { readonly from: number; readonly to: number } {
    const from = this.dice.int(this.shape.accounts);
    if (this.isOf(this.shape.selfShare)) return { from, to: from };
    return { from, to: (from + 1 + this.dice.int(this.shape.accounts - 1)) % this.shape.accounts };
  }

  private take(pending: Pending): void {
    pending.took = true;
    if (pending.f !== 'transfer') {
      pending.answer = this.show(pending.f);
      return;
    }
    const transfer = pending.value as unknown as Transfer;
    if (pending.fate === 'fail') {
      if (this.buggy('dirty')) this.apply(transfer);
      return;
    }
    if (pending.fate === 'info') {
      const now = this.dice.float();
      if (now < 0.4) this.apply(transfer);
      else if (now < 0.7) this.ghosts.push(transfer);
      return;
    }
    const refused =
      this.balances[transfer.from] < transfer.amount ? !this.buggy('overdraft') : this.buggy('unjustified-refusal');
    pending.answer = { ...transfer, outcome: refused ? 'refused' : 'applied' };
    if (refused || this.buggy('lost')) return;
    this.apply(transfer, 'forced');
    if (this.buggy('applied-twice')) this.apply(transfer);
  }

  private apply(transfer: Transfer, how: 'checked' | 'forced' = 'checked'): void {
    const { from, to, amount } = transfer;
    if (how === 'checked' && this.balances[from] < amount) return;
    if (this.shape.bug === 'stale-read') this.past.push({ balances: [...this.balances], versions: [...this.versions] });
    this.balances[from] -= amount;
    this.balances[to] += amount;
    this.versions[from]++;
    if (to !== from) this.versions[to]++;
    this.entries.push(transfer);
  }

  private show(f: 'read' | 'ledger'): Json {
    const { shape } = this;
    let balances = [...this.balances];
    let versions = [...this.versions];
    if (f === 'read' && shape.bug === 'stale-read' && this.past.length >= STALE_STEPS && this.buggy('stale-read')) {
      ({ balances, versions } = this.past[this.past.length - STALE_STEPS]);
    }
    if (f === 'read' && shape.bug === 'frozen') {
      balances = balances.map(() => shape.initialBalance);
      versions = versions.map(() => 0);
    }
    const last = this.entries.at(-1);
    if (f === 'read' && last && this.buggy('torn-read')) {
      balances[last.to] -= last.amount;
      versions[last.to]--;
    }
    if (f === 'read')
      return shape.reads === 'plain' ? named(balances) : { balances: named(balances), versions: named(versions) };
    return { balances: named(balances), versions: named(versions), transfers: [...this.entries] as unknown as Json };
  }

  private buggy(bug: BankBug): boolean {
    const { shape, dice, asked } = this;
    return shape.bug === bug && asked > shape.operations / 2 && dice.chance(shape.bugShare ?? 0.05);
  }
}

function named(values: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(values.map((value, account) => [String(account), value]));
}
