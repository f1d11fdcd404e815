import type { Command, Outcome } from '../state/command.js';
import type { Machine } from '../state/machine.js';

export interface Entry {
  readonly term: number;
  /** Undefined for the entry with which a leader begins its term, and for a change of members. */
  readonly command: Command | undefined;
  /** Who belongs to the cluster from this entry on. */
  readonly members?: readonly number[];
}

const BEGINNING: Entry = { term: 0, command: undefined };

export type Applied = (index: number, entry: Entry, outcome: Outcome | undefined) => void;

interface Waiting {
  readonly index: number;
  readonly run: () => void;
}

/** The log of a node, with the state that its committed part amounts to. */
export class Log {
  private entries: Entry[] = [BEGINNING];
  private committed = 0;
  private appliedTo = 0;
  /** Who belongs to the cluster by the last entry that says so, committed or not (Raft, section 4.1 of the thesis). */
  private configuration: { readonly members: readonly number[]; readonly index: number };
  private waiting: Waiting[] = [];

  constructor(
    private founders: readonly number[],
    readonly machine: Machine,
    private readonly worldNs: () => number,
    private readonly onApplied: Applied,
  ) {
    this.configuration = { members: founders, index: 0 };
  }

  get length(): number {
    return this.entries.length;
  }

  get last(): number {
    return this.entries.length - 1;
  }

  get commit(): number {
    return this.committed;
  }

  get applied(): number {
    return this.appliedTo;
  }

  get members(): readonly number[] {
    return this.configuration.members;
  }

  /** Index of the entry that says who belongs to the cluster. */
  get membersIndex(): number {
    return this.configuration.index;
  }

  termAt(index: number): number {
    return this.entries[index].term;
  }

  at(index: number): Entry {
    return this.entries[index];
  }

  from(index: number, count: number): readonly Entry[] {
    return index >= this.entries.length ? NONE : this.entries.slice(index, index + count);
  }

  /** Answers its index. */
  append(entry: Entry): number {
    const index = this.entries.push(entry) - 1;
    if (entry.members !== undefined) this.configuration = { members: entry.members, index };
    return index;
  }

  /** Takes over what another log has after an index; what contradicts it goes. Answers from where entries went. */
  merge(previousIndex: number, entries: readonly Entry[]): number | undefined {
    let removed: number | undefined;
    let index = previousIndex;
    for (const entry of entries) {
      index++;
      if (index < this.length && this.entries[index].term !== entry.term) {
        this.truncate(index);
        removed ??= index;
      }
      if (index >= this.length) this.append(entry);
    }
    return removed;
  }

  truncate(length: number): void {
    if (length >= this.length) return;
    this.entries.length = length;
    if (this.configuration.index >= length) this.findConfiguration();
    // A correct store never gets here with entries that were committed.
    this.committed = Math.min(this.committed, length - 1);
    if (this.appliedTo >= length) this.replay();
  }

  commitUpTo(index: number): void {
    if (index <= this.committed) return;
    this.committed = index;
    this.applyUpTo(index);
  }

  applyUpTo(index: number): void {
    if (index <= this.appliedTo) return;
    while (this.appliedTo < index) {
      this.appliedTo++;
      const entry = this.entries[this.appliedTo];
      const { command } = entry;
      const outcome = command && this.machine.apply(command, { index: this.appliedTo, timeNs: this.worldNs() });
      this.onApplied(this.appliedTo, entry, outcome);
    }
    if (this.waiting.length > 0) this.serveWaiting();
  }

  /** Calls back when so much is applied. */
  whenApplied(index: number, run: () => void): void {
    if (index <= this.appliedTo) run();
    else this.waiting.push({ index, run });
  }

  /** Forgets what is applied beyond what is committed. */
  replay(): void {
    this.machine.clear();
    this.appliedTo = 0;
    this.applyUpTo(this.committed);
  }

  /** The process is gone: what is committed is to be learned again. */
  restart(length: number): void {
    this.waiting = [];
    this.truncate(length);
    this.committed = 0;
    this.replay();
  }

  /** An empty disk: nothing is known, not even who belongs to the cluster. */
  wipe(): void {
    this.founders = NOBODY;
    this.restart(1);
    this.findConfiguration();
  }

  private serveWaiting(): void {
    const ready = this.waiting.filter(({ index }) => index <= this.appliedTo);
    if (ready.length === 0) return;
    this.waiting = this.waiting.filter(({ index }) => index > this.appliedTo);
    for (const { run } of ready) run();
  }

  private findConfiguration(): void {
    for (let index = this.last; index > 0; index--) {
      const { members } = this.entries[index];
      if (members === undefined) continue;
      this.configuration = { members, index };
      return;
    }
    this.configuration = { members: this.founders, index: 0 };
  }
}

const NONE: readonly Entry[] = [];
const NOBODY: readonly number[] = [];
