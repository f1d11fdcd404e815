import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { numberOption } from '../options.js';
import { isObject } from '../values.js';
import { type Ended, eventsOf, fieldsOf, isCount, type StreamContext, type Watcher, watching, who } from './watch.js';

/** Money and counts that transfers move, by account. */
class Tally {
  constructor(
    readonly out = new Map<string, number>(),
    readonly into = new Map<string, number>(),
    readonly count = new Map<string, number>(),
  ) {}

  add({ from, to, amount }: Transfer, sign: 1 | -1): void {
    bump(this.out, from, sign * amount);
    bump(this.into, to, sign * amount);
    bump(this.count, from, sign);
    if (to !== from) bump(this.count, to, sign);
  }

  copy(): Tally {
    return new Tally(new Map(this.out), new Map(this.into), new Map(this.count));
  }
}

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

interface Shown {
  readonly balances: Readonly<Record<string, Json>>;
  readonly versions: Readonly<Record<string, Json>> | undefined;
}

/**
 * A bank, as far as one read and what was asked for so far tell: the total, negative balances, accounts that are not
 * there, balances and versions beyond what all transfers together can give, and those that miss an acknowledged
 * transfer. Memory: a few numbers by account, and as many again by open read. Options as of `bank`.
 */
export function streamBank({ options }: StreamContext): StreamingChecker {
  return watching(new BankWatch(options));
}

class BankWatch implements Watcher {
  /** Transfers invoked that did not fail, and those acknowledged. */
  private readonly may = new Tally();
  private readonly must = new Tally();
  private readonly mustAt = new Map<Operation['process'], Tally>();
  private readonly allowsNegative: boolean;
  private readonly initialBalance: number | undefined;
  private readonly balances: Readonly<Record<string, Json>> | undefined;
  private accounts: readonly string[] | undefined;
  private total: number | undefined;
  private movesWithin = false;

  constructor(options: Readonly<Record<string, Json>>) {
    const { accounts, balances } = options;
    this.allowsNegative = options['negativeBalances'] === 'allowed';
    this.initialBalance = numberOption(options, 'initialBalance', Number.MAX_SAFE_INTEGER);
    this.balances = isObject(balances) ? balances : undefined;
    if (Array.isArray(accounts)) this.accounts = accounts.map(String);
    else if (isCount(accounts)) this.accounts = Array.from({ length: accounts }, (_, account) => String(account));
    this.total = numberOption(options, 'total', Number.MAX_SAFE_INTEGER);
    if (this.accounts) this.knowAccounts(this.accounts);
  }

  invoked({ f, value, process }: Operation): undefined {
    if (f !== 'transfer') this.mustAt.set(process, this.must.copy());
    const transfer = f === 'transfer' ? transferOf(value) : undefined;
    if (transfer === undefined) return;
    this.may.add(transfer, 1);
    if (transfer.from === transfer.to) this.movesWithin = true;
  }

  failed({ invocation }: Ended): undefined {
    this.mustAt.delete(invocation.process);
    const transfer = invocation.f === 'transfer' ? transferOf(invocation.value) : undefined;
    if (transfer !== undefined) this.may.add(transfer, -1);
  }

  unknown({ invocation }: Ended): undefined {
    this.mustAt.delete(invocation.process);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    if (invocation.f !== 'transfer') return this.read(operation);
    const transfer = transferOf(invocation.value);
    if (transfer === undefined) return undefined;
    if (fieldsOf(completion.value)['outcome'] === 'refused') this.may.add(transfer, -1);
    else this.must.add(transfer, 1);
    return undefined;
  }

  private read(operation: Ended): Anomaly | undefined {
    const must = this.mustAt.get(operation.invocation.process);
    this.mustAt.delete(operation.invocation.process);
    const shown = shownBy(operation.completion.value);
    if (must === undefined || shown === undefined) return undefined;
    if (this.accounts === undefined) {
      this.accounts = Object.keys(shown.balances);
      this.knowAccounts(this.accounts);
    }
    const problem = this.problemOf(shown, must);
    if (problem === undefined) return undefined;
    const [kind, says] = problem;
    const sentence = `The ${operation.invocation.f} by ${who(operation.completion)} ${says}.`;
    return { kind, sentence, operations: eventsOf(operation), details: { streaming: true } };
  }

  private knowAccounts(accounts: readonly string[]): void {
    if (this.total !== undefined || (this.initialBalance === undefined && this.balances === undefined)) return;
    this.total = accounts.reduce((sum, account) => sum + (this.initialOf(account) ?? 0), 0);
  }

  private initialOf(account: string): number | undefined {
    if (this.balances === undefined) return this.initialBalance;
    const balance = this.balances[account];
    return isCount(balance) ? balance : 0;
  }

  private problemOf(shown: Shown, must: Tally): readonly [kind: string, says: string] | undefined {
    const accounts = this.accounts ?? [];
    const unknown = Object.keys(shown.balances).find((account) => !accounts.includes(account));
    if (unknown !== undefined) return ['unknown-account', `shows account ${unknown}, which does not exist`];
    let total = 0;
    let ends = 0;
    for (const account of accounts) {
      const balance = shown.balances[account];
      if (balance === undefined) return ['missing-account', `does not show account ${account}`];
      if (!isCount(balance)) return balance === null ? ['nil-balance', `shows no balance for ${account}`] : undefined;
      total += balance;
      const version = shown.versions?.[account];
      ends += isCount(version) ? version : Number.NaN;
    }
    this.total ??= total;
    if (total !== this.total) return ['wrong-total', `adds up to ${total} instead of ${this.total}`];
    if (ends % 2 === 1 && !this.movesWithin) return ['torn', `counts ${ends} ends of transfers, an odd number`];
    for (const account of accounts) {
      const problem = this.problemIn(account, shown, must);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private problemIn(
    account: string,
    { balances, versions }: Shown,
    must: Tally,
  ): readonly [string, string] | undefined {
    const balance = balances[account] as number;
    if (balance < 0 && !this.allowsNegative) return ['negative-balance', `shows account ${account} at ${balance}`];
    const { may } = this;
    const version = versions?.[account];
    if (isCount(version)) {
      const [least, most] = [at(must.count, account), at(may.count, account)];
      if (version > most)
        return ['impossible-balance', `shows account ${account} after ${version} transfers; only ${most} were invoked`];
      if (version < least)
        return [
          'stale-read',
          `shows account ${account} after ${version} transfers, though ${least} were acknowledged before it began`,
        ];
    }
    const initial = this.initialOf(account);
    if (initial === undefined) return undefined;
    const sure = initial + at(must.into, account) - at(must.out, account);
    const lowest = sure - (at(may.out, account) - at(must.out, account));
    const highest = sure + (at(may.into, account) - at(must.into, account));
    if (balance >= lowest && balance <= highest) return undefined;
    return [
      'stale-read',
      `shows account ${account} at ${balance}; every order of the transfers gives it ${lowest} to ${highest}`,
    ];
  }
}

function transferOf(value: Json): Transfer | undefined {
  const { from, to, amount } = fieldsOf(value);
  if (from === undefined || to === undefined || !isCount(amount)) return undefined;
  return { from: String(from), to: String(to), amount };
}

function shownBy(value: Json): Shown | undefined {
  if (!isObject(value)) return undefined;
  const { balances, versions } = value;
  if (!isObject(balances)) return { balances: value, versions: undefined };
  return { balances, versions: isObject(versions) ? versions : undefined };
}

function bump(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

function at(map: ReadonlyMap<string, number>, key: string): number {
  return map.get(key) ?? 0;
}
