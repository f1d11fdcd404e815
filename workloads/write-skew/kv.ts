import type { KvCondition, KvSession } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { readFailure } from '../read-failure.js';
import type { Client, FamilyClients } from '../workload.js';
import { keyOfRound, roundOf, ROWS, writeSkewOptions, type Row, type WriteSkewOptions } from './options.js';

const TAKEN: Completion = { type: 'fail', error: 'taken: one of the two rows is there' };

/** A key for each row; what was read is the condition of what is written. */
export const writeSkewOnKv: FamilyClients<'kv'> = {
  // Rows begin absent.
  setUp: () => Promise.resolve(),
  client: (session, context) => new KvSkew(session, `${context.keyspace}/`, writeSkewOptions.parse(context.options)),
};

class KvSkew implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly prefix: string,
    private readonly options: WriteSkewOptions,
  ) {}

  invoke({ f, value }: Invocation): Promise<Completion> {
    if (f === 'read') return this.read();
    const [key, row] = value as readonly [number, Row];
    return this.options.form === 'rows' ? this.leave(key, row) : this.insert(key, row);
  }

  private async insert(key: number, row: Row): Promise<Completion> {
    const name = (each: Row) => `${this.prefix}${key}/${each}`;
    const absent = ROWS.map((each): KvCondition => ({ kind: 'absent', key: name(each) }));
    const { succeeded } = await this.session.transact(absent, [{ kind: 'put', key: name(row), value: '1' }]);
    return succeeded ? { type: 'ok', value: [key, row] } : TAKEN;
  }

  private async leave(key: number, row: Row): Promise<Completion> {
    const { duty, round } = roundOf(key, this.options);
    const names = ROWS.map((each) => `${this.prefix}${duty}/${each}`);
    let seen;
    try {
      seen = (
        await this.session.transact(
          [],
          names.map((name) => ({ kind: 'get', key: name })),
        )
      ).results.map((entries) => entries.at(0));
    } catch (error) {
      return { type: 'fail', error: readFailure(error) };
    }
    if (seen.some((entry) => Number(entry?.value ?? 0) >= round)) return TAKEN;
    const unchanged = seen.map((entry, at): KvCondition =>
      entry === undefined
        ? { kind: 'absent', key: names[at] }
        : { kind: 'revision', key: names[at], revision: entry.revision },
    );
    const put = { kind: 'put', key: names[ROWS.indexOf(row)], value: String(round) } as const;
    const { succeeded } = await this.session.transact(unchanged, [put]);
    return succeeded ? { type: 'ok', value: [key, row] } : { type: 'fail', error: 'conflict: a row was changed' };
  }

  private async read(): Promise<Completion> {
    const { results } = await this.session.transact([], [{ kind: 'get-prefix', prefix: this.prefix }]);
    const rows = results[0].map((entry): Json => {
      const [key, row] = entry.key.slice(this.prefix.length).split('/');
      const { form } = this.options;
      return [form === 'rows' ? keyOfRound(Number(key), Number(entry.value), this.options) : Number(key), row];
    });
    return { type: 'ok', value: rows };
  }
}
