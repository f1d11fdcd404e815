import type { KvEntry, KvSession } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { readFailure } from '../read-failure.js';
import type { Client, FamilyClients } from '../workload.js';
import type { Transfer } from './generator.js';
import { parseBankOptions, type BankOptions } from './options.js';

interface Account {
  readonly balance: number;
  /** Number of transfers applied to the account. */
  readonly version: number;
}

/** The bank in a key–value store: one key per account, and one per transfer, written in the same transaction. */
export const bankOnKv: FamilyClients<'kv'> = {
  async setUp(session, context) {
    const { accounts, initialBalance } = parseBankOptions(context.options);
    const keys = Array.from({ length: accounts }, (_, account) => accountKey(context.keyspace, account));
    const value = JSON.stringify({ balance: initialBalance, version: 0 });
    // All or nothing, and nothing when the accounts are there already: setting up twice must not refill them.
    await session.transact(
      keys.map((key) => ({ kind: 'absent', key })),
      keys.map((key) => ({ kind: 'put', key, value })),
    );
  },
  client: (session, context) => new BankClient(session, context.keyspace, parseBankOptions(context.options)),
};

class BankClient implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
    private readonly options: BankOptions,
  ) {}

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

  /**
   * Reads both accounts, then writes both and the ledger entry on condition that neither changed since. A condition
   * that does not hold is definite, so trying again is safe. An attempt whose outcome is unknown ends it: the error
   * goes up as `info` and nothing is tried again.
   */
  private async transfer(transfer: Transfer): Promise<Completion> {
    const { from, to, amount } = transfer;
    const value = { ...transfer };
    for (let attempt = 1; attempt <= this.options.attempts; attempt++) {
      const read = await this.readBoth(from, to);
      if (read.kind === 'failed') return { type: 'fail', error: read.error };
      const { source, target } = read;
      if (source.account.balance < amount) return { type: 'ok', value: { ...value, outcome: 'refused' } };
      const { succeeded } = await this.session.transact(
        [
          { kind: 'revision', key: source.entry.key, revision: source.entry.revision },
          { kind: 'revision', key: target.entry.key, revision: target.entry.revision },
        ],
        [
          { kind: 'put', key: source.entry.key, value: changed(source.account, -amount) },
          { kind: 'put', key: target.entry.key, value: changed(target.account, amount) },
          { kind: 'put', key: `${this.keyspace}/transfer/${transfer.id}`, value: JSON.stringify(transfer) },
        ],
      );
      if (succeeded) return { type: 'ok', value: { ...value, outcome: 'applied' } };
    }
    return {
      type: 'fail',
      error: `conflict: an account changed between read and write, ${this.options.attempts} times`,
    };
  }

  /** A read changes nothing: whatever goes wrong in it, the transfer did not happen. */
  private async readBoth(from: number, to: number): Promise<BothRead> {
    try {
      const { results } = await this.session.transact(
        [],
        [
          { kind: 'get', key: accountKey(this.keyspace, from) },
          { kind: 'get', key: accountKey(this.keyspace, to) },
        ],
      );
      const [source, target] = results.map(([entry]) => entry && { entry, account: decode(entry) });
      if (!source?.account || !target?.account)
        return { kind: 'failed', error: 'no-account: account missing or unreadable' };
      return {
        kind: 'read',
        source: { entry: source.entry, account: source.account },
        target: { entry: target.entry, account: target.account },
      };
    } catch (error) {
      return { kind: 'failed', error: readFailure(error) };
    }
  }

  private async read(): Promise<Completion> {
    const { results } = await this.session.transact([], [{ kind: 'get-prefix', prefix: `${this.keyspace}/account/` }]);
    return { type: 'ok', value: this.accounts(results[0]) };
  }

  /** Balances and every transfer ever applied, in one transaction. */
  private async ledger(): Promise<Completion> {
    const { results } = await this.session.transact(
      [],
      [
        { kind: 'get-prefix', prefix: `${this.keyspace}/account/` },
        { kind: 'get-prefix', prefix: `${this.keyspace}/transfer/` },
      ],
    );
    const transfers = results[1].map(({ value }) => JSON.parse(value) as Json);
    const { balances, versions } = columns(results[0]);
    return { type: 'ok', value: { balances, versions, transfers } };
  }

  private accounts(entries: readonly KvEntry[]): Json {
    const { balances, versions } = columns(entries);
    return this.options.reads === 'plain' ? balances : { balances, versions };
  }
}

interface AccountRead {
  readonly entry: KvEntry;
  readonly account: Account;
}
type BothRead =
  | { readonly kind: 'read'; readonly source: AccountRead; readonly target: AccountRead }
  | { readonly kind: 'failed'; readonly error: string };

function accountKey(keyspace: string, account: number): string {
  return `${keyspace}/account/${account}`;
}

function changed(account: Account, by: number): string {
  return JSON.stringify({ balance: account.balance + by, version: account.version + 1 });
}

/** Undefined for a value that nobody wrote: shown as null in reads, for the checker to find. */
function decode(entry: KvEntry): Account | undefined {
  try {
    const { balance, version } = JSON.parse(entry.value) as Partial<Account>;
    return Number.isSafeInteger(balance) && Number.isSafeInteger(version)
      ? { balance: balance as number, version: version as number }
      : undefined;
  } catch {
    return undefined;
  }
}

function columns(entries: readonly KvEntry[]): {
  readonly balances: Readonly<Record<string, Json>>;
  readonly versions: Readonly<Record<string, Json>>;
} {
  const balances: Record<string, Json> = {};
  const versions: Record<string, Json> = {};
  for (const entry of entries) {
    const account = entry.key.slice(entry.key.lastIndexOf('/') + 1);
    const state = decode(entry);
    balances[account] = state?.balance ?? null;
    versions[account] = state?.version ?? null;
  }
  return { balances, versions };
}
