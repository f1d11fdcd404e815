import { FAIL, type History, INFO, INVOKE, NEMESIS, NONE, OK, VALUE_NULL } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { numberOption } from '../options.js';
import { type Fields, isName, isObject, refuseLarge, TooLarge, wholeNumberAt } from '../values.js';
import { nonsense } from '../verdict.js';

/** What became of a transfer. `refused`: the balance was short, which is an observation. */
export type TransferOutcome = 'applied' | 'refused' | 'failed' | 'unknown';

export interface Transfer {
  /** As text; undefined in histories without ids. */
  readonly id: string | undefined;
  /** Indices into {@link BankHistory.accounts}. */
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly outcome: TransferOutcome;
  /** Position of the invocation. */
  readonly invocation: number;
  /** Position of the completion, or NONE. An unknown outcome is as good as none. */
  readonly completion: number;
}

/** A successful read of all accounts at one moment. */
export interface BankRead {
  readonly invocation: number;
  readonly completion: number;
  /** By account; NaN where the account is missing or null. */
  readonly balances: Float64Array;
  /** Transfers applied to each account, where the read is decodable. */
  readonly versions: Float64Array | undefined;
  /** Names of accounts that do not exist. */
  readonly unknownAccounts: readonly string[];
  readonly missingAccounts: readonly string[];
  readonly nullAccounts: readonly string[];
  /** What the ledger held at the same moment; undefined for a plain read. */
  readonly ledger: readonly LedgerEntry[] | undefined;
}

export interface LedgerEntry {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** The operations of a bank test, validated. */
export interface BankHistory {
  readonly history: History;
  readonly accounts: readonly string[];
  /** Balances at the start, or undefined where nothing tells. */
  readonly initial: Float64Array | undefined;
  /** The sum that never changes, or undefined where there is no read to infer it from. */
  readonly total: number | undefined;
  /** Where the total comes from, for the list of what was checked. */
  readonly totalSource: string;
  readonly negativeBalances: 'forbidden' | 'allowed';
  readonly transfers: readonly Transfer[];
  /** Reads and ledgers in order of completion. */
  readonly reads: readonly BankRead[];
  /** Ledgers that were asked for, whatever came of it. */
  readonly ledgersAttempted: number;
  /** Successful reads that answered nothing, which proves nothing. */
  readonly nullReads: number;
  /** Index into `transfers` by id. */
  readonly byId: ReadonlyMap<string, number>;
}

const MOST_ACCOUNTS = 10_000;

type Options = Readonly<Record<string, Json>>;

/**
 * Reads a bank test's operations out of a history.
 *
 * Options: `accounts` (a number, or a list of names), `initialBalance` (of each account), `balances` (at the start, by
 * account), `total`, `negativeBalances` (`forbidden` or `allowed`). Accounts and total are inferred from the first
 * read where they are not given.
 *
 * @throws UserError naming the event that makes no sense.
 */
export function readBank(history: History, options: Options): BankHistory {
  const accounts = accountNames(history, options);
  const indexOf = new Map(accounts.map((name, index) => [name, index]));
  const { types, processes, pairs, functions, functionNames, valueKinds } = history.columns;
  const transfers: Transfer[] = [];
  const reads: BankRead[] = [];
  let ledgersAttempted = 0;
  let nullReads = 0;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS) continue;
    const f = functionNames[functions[position]];
    switch (f) {
      case 'transfer':
        if (types[position] === INVOKE) transfers.push(readTransfer(history, position, indexOf));
        break;
      case 'read':
      case 'ledger':
        if (types[position] === INVOKE && f === 'ledger') ledgersAttempted++;
        if (types[position] === OK && valueKinds[position] === VALUE_NULL) nullReads++;
        else if (types[position] === OK)
          reads.push(readBalances(history, pairs[position], position, accounts, indexOf));
        break;
      default:
        throw nonsense(history, position, `operation "${f}" is not one of bank: transfer, read, ledger`);
    }
  }
  const initial = initialBalances(accounts, options);
  const negativeBalances = options['negativeBalances'] === 'allowed' ? 'allowed' : 'forbidden';
  return {
    history,
    accounts,
    initial,
    ...totalOf(initial, reads, options),
    negativeBalances,
    transfers,
    reads,
    ledgersAttempted,
    nullReads,
    byId: idsOf(history, transfers),
  };
}

/** Accounts by name, as options or the history tell them. */
export function accountNames(history: History, options: Options): readonly string[] {
  const given = options['accounts'];
  if (Array.isArray(given)) return given.map(String);
  const count = numberOption(options, 'accounts', MOST_ACCOUNTS);
  if (count !== undefined) return Array.from({ length: count }, (_, account) => String(account));
  const balances = options['balances'];
  if (isObject(balances)) return Object.keys(balances);
  // Every account that a transfer or the first read (of balances or ledger) names: without options nothing else tells.
  const names = new Set<string>();
  const { types, functions, processes } = history.columns;
  const [read, ledger, transfer] = ['read', 'ledger', 'transfer'].map((f) => history.functionId(f));
  let seenRead = false;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS) continue;
    const f = functions[position];
    if ((f === read || f === ledger) && types[position] === OK && !seenRead) {
      const value = history.record(position);
      seenRead = isObject(value);
      if (isObject(value)) for (const name of Object.keys(balancesIn(value))) names.add(name);
    } else if (f === transfer && types[position] === INVOKE) {
      const value = history.record(position);
      if (isObject(value)) for (const end of ['from', 'to']) if (isName(value[end])) names.add(String(value[end]));
    }
  }
  return [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function initialBalances(accounts: readonly string[], options: Options): Float64Array | undefined {
  const { balances } = options;
  if (isObject(balances)) {
    return Float64Array.from(accounts, (name) => numberOption(balances, name, Number.MAX_SAFE_INTEGER) ?? 0);
  }
  const initialBalance = numberOption(options, 'initialBalance', Number.MAX_SAFE_INTEGER);
  return initialBalance === undefined ? undefined : new Float64Array(accounts.length).fill(initialBalance);
}

function totalOf(
  initial: Float64Array | undefined,
  reads: readonly BankRead[],
  options: Options,
): { readonly total: number | undefined; readonly totalSource: string } {
  const total = numberOption(options, 'total', Number.MAX_SAFE_INTEGER);
  if (total !== undefined) return { total, totalSource: 'as given' };
  if (initial) return { total: sum(initial), totalSource: 'the sum of the initial balances' };
  const first = reads.find((read) => !read.balances.some(Number.isNaN));
  return { total: first && sum(first.balances), totalSource: 'the sum of the first read, as no option tells it' };
}

function readTransfer(history: History, invocation: number, indexOf: ReadonlyMap<string, number>): Transfer {
  const value = history.record(invocation);
  if (!isObject(value)) throw nonsense(history, invocation, 'a transfer needs a value {id, from, to, amount}');
  const { id, from, to, amount } = value;
  const account = (name: Json | undefined, end: string) => {
    const index = isName(name) ? indexOf.get(String(name)) : undefined;
    if (index === undefined)
      throw nonsense(history, invocation, `"${end}" is ${JSON.stringify(name) ?? 'missing'}, which is no account`);
    return index;
  };
  refuseLarge(history, invocation, amount, 'the amount');
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) {
    throw nonsense(
      history,
      invocation,
      `"amount" is ${JSON.stringify(amount) ?? 'missing'}, not a whole number from 0`,
    );
  }
  if (id !== undefined && !isName(id))
    throw nonsense(history, invocation, `"id" is ${JSON.stringify(id)}, not a number or text`);
  const completion = history.columns.pairs[invocation];
  return {
    id: id === undefined ? undefined : String(id),
    from: account(from, 'from'),
    to: account(to, 'to'),
    amount,
    outcome: outcomeOf(history, value, completion),
    invocation,
    completion,
  };
}

function outcomeOf(history: History, asked: Fields, completion: number): TransferOutcome {
  const type = completion === NONE ? INFO : history.columns.types[completion];
  if (type === FAIL) return 'failed';
  if (type !== OK) return 'unknown';
  const answered = history.record(completion);
  if (!isObject(answered)) return 'applied';
  for (const field of ['id', 'from', 'to', 'amount']) {
    if (answered[field] !== undefined && String(answered[field]) !== String(asked[field])) {
      throw nonsense(history, completion, `"${field}" differs from what was asked for`);
    }
  }
  const { outcome } = answered;
  if (outcome === undefined || outcome === 'applied') return 'applied';
  if (outcome === 'refused') return 'refused';
  throw nonsense(history, completion, `"outcome" is ${JSON.stringify(outcome)}; applied or refused`);
}

function readBalances(
  history: History,
  invocation: number,
  completion: number,
  accounts: readonly string[],
  indexOf: ReadonlyMap<string, number>,
): BankRead {
  const value = history.record(completion);
  if (!isObject(value)) throw nonsense(history, completion, 'a read needs an object of balances by account');
  const found = balancesIn(value);
  const { versions, transfers } = value;
  const decodable = isObject(value['balances']) && versions !== undefined;
  if (decodable && !isObject(versions))
    throw nonsense(history, completion, '"versions" is no object of numbers by account');
  const numbers = (from: Fields, what: string) =>
    Float64Array.from(accounts, (name) =>
      wholeNumberAt(history, completion, Object.hasOwn(from, name) ? from[name] : null, `${what} of account ${name}`),
    );
  return {
    invocation,
    completion,
    balances: numbers(found, 'the balance'),
    versions: decodable ? numbers(versions as Fields, 'the version') : undefined,
    unknownAccounts: Object.keys(found).filter((name) => !indexOf.has(name)),
    missingAccounts: accounts.filter((name) => !Object.hasOwn(found, name)),
    nullAccounts: accounts.filter((name) => found[name] === null),
    ledger: transfers === undefined ? undefined : ledgerOf(history, completion, transfers),
  };
}

function ledgerOf(history: History, position: number, entries: Json): readonly LedgerEntry[] {
  if (!Array.isArray(entries)) throw nonsense(history, position, '"transfers" is no list');
  return entries.map((entry: Json, at) => {
    if (!isObject(entry) || !isName(entry['id']) || !isName(entry['from']) || !isName(entry['to'])) {
      throw nonsense(history, position, `entry ${at} of the ledger is not {id, from, to, amount}`);
    }
    const amount = wholeNumberAt(history, position, entry['amount'] ?? null, `the amount of entry ${at} of the ledger`);
    return { id: String(entry['id']), from: String(entry['from']), to: String(entry['to']), amount };
  });
}

function idsOf(history: History, transfers: readonly Transfer[]): ReadonlyMap<string, number> {
  const byId = new Map<string, number>();
  const withIds = transfers.some(({ id }) => id !== undefined);
  transfers.forEach(({ id, invocation }, index) => {
    if (id === undefined) {
      if (withIds) throw nonsense(history, invocation, 'this transfer has no "id", though others have one');
      return;
    }
    const earlier = byId.get(id);
    if (earlier !== undefined) {
      throw nonsense(
        history,
        invocation,
        `transfer id ${id} was used before, at ${history.placeOf(transfers[earlier].invocation)}`,
      );
    }
    byId.set(id, index);
  });
  return byId;
}

/** The balances that a read or ledger shows. */
export function balancesIn(value: Fields): Fields {
  const { balances } = value;
  return isObject(balances) ? balances : value;
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  if (Math.abs(total) > Number.MAX_SAFE_INTEGER) throw new TooLarge('balances add up past 2^53: sums would be rounded');
  return total;
}

/** `812 (250 from 3 to 1)`, for sentences. */
export function nameOf({ accounts }: BankHistory, transfer: Transfer): string {
  const move = `${transfer.amount} from ${accounts[transfer.from]} to ${accounts[transfer.to]}`;
  return transfer.id === undefined ? `of ${move}` : `${transfer.id} (${move})`;
}
