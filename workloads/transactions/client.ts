import type { KvAction, KvCondition, KvEntry, KvSession } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { readFailure } from '../read-failure.js';
import type { Client } from '../workload.js';

type MicroOperation = readonly [f: string, key: number, value: Json];

/** How one kind of write changes the text stored under a key, and how a read shows it. */
export interface Representation {
  /** Whether the text after a write depends on the text before. */
  readonly writes: 'replace' | 'extend';
  /** The state of a key that was never written. */
  readonly initial: Json;
  written(state: Json, value: Json): Json;
}

/**
 * Transactions of several micro-operations over a key–value store: all keys are read in one transaction of the store, the
 * outcome is computed, and one conditional transaction writes it provided that no key that was read has changed since.
 */
export class TransactionClient implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
    private readonly representation: Representation,
    private readonly attempts: number,
  ) {}

  async invoke({ value }: Invocation): Promise<Completion> {
    const operations = value as unknown as readonly MicroOperation[];
    const writes = operations.some(([f]) => f !== 'r');
    for (let attempt = 0; attempt < this.attempts; attempt++) {
      let entries: ReadonlyMap<number, KvEntry | undefined>;
      try {
        entries = await this.read(this.keysToRead(operations));
      } catch (error) {
        // Earlier attempts were refused and this one sent no write yet: certainly nothing happened.
        return { type: 'fail', error: readFailure(error) };
      }
      const outcome = this.execute(operations, entries);
      // Reads of one transaction of the store show one moment: nothing to confirm.
      if (!writes || (await this.write(entries, outcome.changed))) return { type: 'ok', value: outcome.value };
    }
    return { type: 'fail', error: 'conflict: what it read had changed, at every attempt' };
  }

  /** Keys whose state matters: those read, and those whose next text depends on the one before. */
  private keysToRead(operations: readonly MicroOperation[]): number[] {
    const needed = operations.filter(([f]) => f === 'r' || this.representation.writes === 'extend');
    return [...new Set(needed.map(([, key]) => key))];
  }

  private async read(keys: readonly number[]): Promise<ReadonlyMap<number, KvEntry | undefined>> {
    if (keys.length === 0) return new Map();
    const { results } = await this.session.transact(
      [],
      keys.map((key): KvAction => ({ kind: 'get', key: this.name(key) })),
    );
    return new Map(keys.map((key, i) => [key, results[i].at(0)]));
  }

  private execute(
    operations: readonly MicroOperation[],
    entries: ReadonlyMap<number, KvEntry | undefined>,
  ): { readonly value: Json; readonly changed: ReadonlyMap<number, Json> } {
    const changed = new Map<number, Json>();
    const stateOf = (key: number): Json => {
      if (changed.has(key)) return changed.get(key)!;
      const entry = entries.get(key);
      return entry === undefined ? this.representation.initial : parse(entry.value);
    };
    const value = operations.map(([f, key, operand]): Json => {
      if (f === 'r') return [f, key, stateOf(key)];
      changed.set(key, this.representation.written(stateOf(key), operand));
      return [f, key, operand];
    });
    return { value, changed };
  }

  private async write(
    entries: ReadonlyMap<number, KvEntry | undefined>,
    changed: ReadonlyMap<number, Json>,
  ): Promise<boolean> {
    const conditions = [...entries].map(([key, entry]): KvCondition => {
      const name = this.name(key);
      return entry === undefined
        ? { kind: 'absent', key: name }
        : { kind: 'revision', key: name, revision: entry.revision };
    });
    const puts = [...changed].map(([key, state]): KvAction => ({
      kind: 'put',
      key: this.name(key),
      value: JSON.stringify(state),
    }));
    return (await this.session.transact(conditions, puts)).succeeded;
  }

  private name(key: number): string {
    return `${this.keyspace}/${String(key)}`;
  }
}

/** A text that is not JSON was not written by us; shown as it is, for the checker to wonder at. */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
