import type { SqlRow, SqlSession, SqlTransaction } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { ensureRows } from '../ensure-rows.js';
import { missingRow } from '../missing-row.js';
import { settled } from '../settled.js';
import { tableName } from '../tables.js';
import type { Client, FamilyClients } from '../workload.js';
import type { Transfer } from './generator.js';
import { parseBankOptions, type BankOptions } from './options.js';

/** The bank in tables: accounts with the number of transfers they saw, and transfers by id, written together. */
export const bankOnSql: FamilyClients<'sql'> = {
  async setUp(session, { keyspace, options }) {
    const { accounts, initialBalance } = parseBankOptions(options);
    const table = tableName(keyspace, 'accounts');
    await session.createTable(table, { balance: 'integer', version: 'integer' });
    await session.createTable(tableName(keyspace, 'transfers'), {
      source: 'integer',
      target: 'integer',
      amount: 'integer',
    });
    const rows = Array.from({ length: accounts }, (_, account) => ({
      key: String(account),
      columns: { balance: initialBalance, version: 0 },
    }));
    await ensureRows(session, table, rows);
  },
  client: (session, { keyspace, options }) => new BankOnSql(session, keyspace, parseBankOptions(options)),
};

/** The balance is short: the transaction is rolled back, which leaves nothing behind. */
const REFUSED = new Error('the balance is short');

class BankOnSql implements Client {
  private readonly accounts: string;
  private readonly transfers: string;

  constructor(
    private readonly session: SqlSession,
    keyspace: string,
    private readonly options: BankOptions,
  ) {
    this.accounts = tableName(keyspace, 'accounts');
    this.transfers = tableName(keyspace, 'transfers');
  }

  invoke(invocation: Invocation): Promise<Completion> {
    switch (invocation.f) {
      case 'transfer':
        return this.transfer(invocation.value as unknown as Transfer);
      case 'read':
        return this.read();
      case 'ledger':
        return this.ledger();
      default:
        throw new Error(`bank has no operation "${invocation.f}"`);
    }
  }

  private async transfer(transfer: Transfer): Promise<Completion> {
    const { id, from, to, amount } = transfer;
    const { updates } = this.options;
    try {
      await this.session.transaction(async (transaction) => {
        await (updates === 'relative' ? this.move(transaction, transfer) : this.compute(transaction, transfer));
        const columns = { source: from, target: to, amount };
        await transaction.insert(this.transfers, { key: String(id), columns });
      });
    } catch (error) {
      if (error === REFUSED) return { type: 'ok', value: { ...transfer, outcome: 'refused' } };
      throw error;
    }
    return { type: 'ok', value: { ...transfer, outcome: 'applied' } };
  }

  /** Changes both rows in the database itself, in one order for all, so that transfers do not block each other for good. */
  private async move(transaction: SqlTransaction, { from, to, amount }: Transfer): Promise<void> {
    const changes = [
      { account: from, by: -amount },
      { account: to, by: amount },
    ].sort((a, b) => a.account - b.account);
    for (const { account, by } of changes) {
      const key = String(account);
      const enough = by < 0 ? { column: 'balance', atLeast: amount } : undefined;
      if ((await transaction.add(this.accounts, key, 'balance', by, enough)) !== 1) {
        if (enough !== undefined && (await transaction.select(this.accounts, key)) !== undefined) throw REFUSED;
        throw missingRow(this.accounts, key);
      }
      await transaction.add(this.accounts, key, 'version', 1);
    }
  }

  /** Reads both rows, calculates, and writes what came out. */
  private async compute(transaction: SqlTransaction, { from, to, amount }: Transfer): Promise<void> {
    const rows = await transaction.selectKeys(this.accounts, [String(from), String(to)]);
    const rowOf = (account: number): SqlRow => {
      const row = rows.find(({ key }) => key === String(account));
      if (row === undefined) throw missingRow(this.accounts, String(account));
      return row;
    };
    if (Number(rowOf(from).columns['balance']) < amount) throw REFUSED;
    for (const account of [from, to].sort((a, b) => a - b)) {
      const { key, columns } = rowOf(account);
      const balance = Number(columns['balance']) + (account === from ? -amount : amount);
      await transaction.update(this.accounts, key, { balance, version: Number(columns['version']) + 1 });
    }
  }

  /** One statement, which sees one moment at every isolation level of a database with snapshots for statements. */
  private async read(): Promise<Completion> {
    const rows = await this.session.transaction((transaction) => transaction.selectWhere(this.accounts), 'read-only');
    const { balances, versions } = columnsOf(rows);
    return { type: 'ok', value: this.options.reads === 'plain' ? balances : { balances, versions } };
  }

  /**
   * Balances and every transfer ever applied. For an outcome that a client never learned, its id in here proves that it
   * happened; that it is missing proves nothing, because a transaction that a server still works on may commit later.
   * The checker uses it just so.
   */
  private async ledger(): Promise<Completion> {
    const value = await this.session.transaction(async (transaction) => {
      const before = columnsOf(await transaction.selectWhere(this.accounts));
      const rows = await transaction.selectWhere(this.transfers);
      // Every transfer counts the versions of its accounts up.
      settled(before, columnsOf(await transaction.selectWhere(this.accounts)));
      return { ...before, transfers: rows.map(transferOf) };
    }, 'read-only');
    return { type: 'ok', value };
  }
}

function transferOf({ key, columns }: SqlRow): Json {
  const { source, target, amount } = columns;
  return { id: Number(key), from: source ?? null, to: target ?? null, amount: amount ?? null };
}

function columnsOf(rows: readonly SqlRow[]): {
  readonly balances: Readonly<Record<string, Json>>;
  readonly versions: Readonly<Record<string, Json>>;
} {
  const column = (name: string) => Object.fromEntries(rows.map(({ key, columns }) => [key, columns[name] ?? null]));
  return { balances: column('balance'), versions: column('version') };
}
