import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { numberOption } from '../options.js';
import { isObject } from '../values.js';

interface State {
  readonly balances: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
  /** Ids of applied transfers, ascending. */
  readonly applied: readonly string[];
}

interface Transfer {
  readonly id?: Json;
  readonly from: string | number;
  readonly to: string | number;
  readonly amount: number;
}

/**
 * The whole bank as a sequential specification, for the general search: right for any history, and hopeless beyond a
 * few dozen operations at once. The special checker is held against it. Options `accounts`, `initialBalance`.
 */
export const bankModel: Model<State> = {
  name: 'bank',
  summary: 'transfers between accounts and reads of all; options accounts (default 8), initialBalance (default 100)',
  operations: ['transfer', 'read', 'ledger'],
  initial(options) {
    const count = numberOption(options, 'accounts', 10_000) ?? 8;
    const balance = numberOption(options, 'initialBalance', Number.MAX_SAFE_INTEGER) ?? 100;
    const names = Array.from({ length: count }, (_, account) => String(account));
    const all = (value: number) => Object.fromEntries(names.map((name) => [name, value]));
    return { balances: all(balance), versions: all(0), applied: [] };
  },
  step(state, operation) {
    const { f, input, output } = operation;
    if (f === 'transfer') return transfer(state, input as unknown as Transfer, output);
    return output === undefined || shows(state, output) ? state : undefined;
  },
  key: (state) => JSON.stringify(state),
  isRead: ({ f }) => f !== 'transfer',
  describe,
  describeState: ({ balances }) => JSON.stringify(balances),
};

function transfer(state: State, { id, from, to, amount }: Transfer, output: Json | undefined): State | undefined {
  const refused = isObject(output) && output['outcome'] === 'refused';
  const short = state.balances[from] < amount;
  if (output === undefined && short) return state;
  if (refused !== short) return undefined;
  if (refused) return state;
  const balances = { ...state.balances };
  balances[from] -= amount;
  balances[to] += amount;
  const versions = { ...state.versions };
  versions[from]++;
  if (String(from) !== String(to)) versions[to]++;
  return { balances, versions, applied: id === undefined ? state.applied : [...state.applied, String(id)].sort() };
}

function shows(state: State, output: Json): boolean {
  if (!isObject(output)) return false;
  const { balances, versions, transfers } = output;
  if (!isObject(balances)) return same(state.balances, output);
  if (!same(state.balances, balances)) return false;
  if (isObject(versions) && !same(state.versions, versions)) return false;
  if (!Array.isArray(transfers)) return true;
  const ids = transfers.map((entry: Json) => (isObject(entry) ? String(entry['id']) : '')).sort();
  return ids.length === state.applied.length && ids.every((id, at) => id === state.applied[at]);
}

function same(state: Readonly<Record<string, number>>, shown: Readonly<Record<string, Json>>): boolean {
  const names = Object.keys(state);
  return names.length === Object.keys(shown).length && names.every((name) => state[name] === shown[name]);
}

function describe({ f, input, output }: ModelOperation): string {
  if (f !== 'transfer') return `${f} → ${output === undefined ? '?' : JSON.stringify(output)}`;
  const { from, to, amount } = input as unknown as Transfer;
  const refused = isObject(output) && output['outcome'] === 'refused';
  return `${refused ? 'refuse ' : ''}${amount} from ${from} to ${to}${output === undefined ? '?' : ''}`;
}
