import { PROVEN, unproven, type Evidence, type Proof, type Prove } from '../evidence.js';
import { transactionsOf, type Access, type Data, type Transaction, type Transactions } from './transactions.js';

/** A value that a committed transaction read. */
interface Seen {
  readonly reader: Transaction;
  readonly key: string;
  readonly value: string;
  /** The read it is from, and its place there. */
  readonly access: Access;
  readonly at: number;
  readonly place: number;
}

function seenIn({ all, data }: Transactions): readonly Seen[] {
  return all
    .filter(({ listed }) => listed.outcome === 'ok')
    .flatMap((reader) =>
      reader.accesses.flatMap((access, at) => {
        if (access.is === 'write') return [];
        const values = data === 'lists' ? access.list : [access.value];
        return values.map((value, place): Seen => ({ reader, key: access.key, value, access, at, place }));
      }),
    );
}

type Shows = (transactions: Transactions) => boolean;

function proof(shows: Shows, why: string): (data: Data) => Prove {
  return (data) =>
    (evidence: Evidence): Proof =>
      shows(transactionsOf(evidence, data)) ? PROVEN : unproven(why);
}

/** All who asked to write what was read had failed. */
export const aborted = proof(
  (transactions) =>
    seenIn(transactions).some(({ key, value }) => {
      const attempts = transactions.attempts(key, value);
      return attempts !== undefined && attempts.length > 0 && attempts.every(({ listed }) => listed.outcome === 'fail');
    }),
  'no read shows a value of which all writers are listed and had failed',
);

/** Nobody ever asked to write what was read. */
export const thinAir = proof(
  (transactions) =>
    seenIn(transactions).some(
      ({ key, value }) =>
        transactions.attempts(key, value)?.length === 0 &&
        (transactions.data === 'lists' || !transactions.isInitial(key, value)),
    ),
  'no read shows a value that nobody asked to write',
);

/** Somebody else read what its writer replaced, or appended to, itself. */
export const intermediate = proof(
  (transactions) =>
    seenIn(transactions).some(({ reader, key, value, access, place }) => {
      const writer = transactions.writer(key, value);
      if (writer === undefined || writer === reader) return false;
      const own = writer.accesses.filter((other) => other.is === 'write' && other.key === key);
      const later = own.slice(own.findIndex((other) => other.value === value) + 1);
      if (transactions.data === 'registers') return later.some((other) => other.value !== value);
      return place === access.list.length - 1 && later.length > 0;
    }),
  'no read shows a write that its own transaction replaced',
);

/** A read shows what its own transaction writes only afterwards. */
export const future = proof(
  (transactions) =>
    seenIn(transactions).some(
      ({ reader, key, value, at }) =>
        transactions.writer(key, value) === reader &&
        !reader.accesses.slice(0, at).some((access) => isWriteOf(access, key, value)),
    ),
  'no read shows what its own transaction writes only later',
);

function isWriteOf({ is, key, value }: Access, of: string, what: string): boolean {
  return is === 'write' && key === of && value === what;
}

/** A transaction contradicts its own earlier accesses of a key. */
export const internal = proof(
  (transactions) =>
    transactions.all.some(({ committed, accesses }) => {
      if (!committed) return false;
      const keys = new Set(accesses.map(({ key }) => key));
      return [...keys].some((key) => {
        const own = accesses.filter((access) => access.key === key);
        if (transactions.data === 'registers') return contradictsValues(own);
        return contradictsLists(own);
      });
    }),
  'the transaction agrees with its own accesses',
);

/** A read shows the appends of one transaction in another order than it made them, or a later one without an earlier. */
export const reversed = proof(
  (transactions) =>
    transactions.all.some(({ accesses }) => {
      const keys = new Set(accesses.map(({ key }) => key));
      return [...keys].some((key) =>
        isReversed(
          transactions,
          key,
          accesses.filter((access) => access.key === key),
        ),
      );
    }),
  'no read shows appends of a transaction in another order',
);

function isReversed(transactions: Transactions, key: string, own: readonly Access[]): boolean {
  const appended = own.filter(({ is }) => is === 'write').map(({ value }) => value);
  return seenIn(transactions).some(({ access, place, value }) => {
    const at = access.key === key ? appended.indexOf(value) : -1;
    if (at < 0 || transactions.attempts(key, value)?.length !== 1) return false;
    return appended.slice(0, at).some((earlier) => {
      const other = access.list.indexOf(earlier);
      return other < 0 || (other > place && transactions.attempts(key, earlier)?.length === 1);
    });
  });
}

function contradictsValues(own: readonly Access[]): boolean {
  return own.some(({ is, value }, at) => is === 'read' && at > 0 && own[at - 1].value !== value);
}

function contradictsLists(own: readonly Access[]): boolean {
  let before: readonly string[] | undefined;
  let appended: string[] = [];
  for (const { is, value, list } of own) {
    if (is === 'write') {
      appended.push(value);
      continue;
    }
    const expected =
      before === undefined ? [...list.slice(0, list.length - appended.length), ...appended] : [...before, ...appended];
    if (list.length !== expected.length || list.some((element, place) => element !== expected[place])) return true;
    before = list;
    appended = [];
  }
  return false;
}

/** A committed append stands on one of a transaction that had failed. */
export const dirtyUpdate = proof(
  (transactions) =>
    seenIn(transactions).some(({ key, value, access, place }) => {
      const attempts = transactions.attempts(key, value) ?? [];
      if (attempts.length === 0 || !attempts.every(({ listed }) => listed.outcome === 'fail')) return false;
      return access.list.slice(place + 1).some((later) => transactions.writer(key, later)?.listed.outcome === 'ok');
    }),
  'no read shows an acknowledged append after one that had failed',
);

/** Two reads of a list, neither of which is the beginning of the other. */
export const incompatible = proof((transactions) => {
  const reads = [...new Set(seenIn(transactions).map(({ access }) => access))];
  return reads.some((a, i) =>
    reads.slice(i + 1).some((b) => {
      if (a.key !== b.key) return false;
      const length = Math.min(a.list.length, b.list.length);
      return a.list.slice(0, length).some((element, place) => element !== b.list[place]);
    }),
  );
}, 'no two of the reads contradict each other');

/** A list shows twice what was appended once. */
export const duplicate = proof(
  (transactions) =>
    seenIn(transactions).some(({ key, value, access, place }) => {
      const attempts = transactions.attempts(key, value);
      const times = attempts?.flatMap(({ accesses }) => accesses.filter((other) => isWriteOf(other, key, value)));
      return times?.length === 1 && access.list.indexOf(value) < place;
    }),
  'no list shows an element more often than it was appended',
);

/** Two committed transactions read the same version of a key, which was there only once, and both replaced it. */
export const lostUpdate = proof((transactions) => {
  const updates = transactions.all
    .filter(({ committed }) => committed)
    .flatMap((transaction) => versionsReplaced(transactions, transaction).map((version) => ({ transaction, version })));
  return updates.some(({ transaction, version }, i) =>
    updates.slice(i + 1).some((other) => other.version === version && other.transaction !== transaction),
  );
}, 'no two transactions read the same version of a key and replaced it');

function versionsReplaced(transactions: Transactions, { accesses }: Transaction): string[] {
  return accesses.flatMap((access, at) => {
    const { is, key, value, list } = access;
    if (is === 'write' || accesses.findIndex((other) => other.key === key) < at) return [];
    const isReplaced = accesses.slice(at + 1).some((other) => other.is === 'write' && other.key === key);
    const isEmpty = transactions.data === 'lists' && list.length === 0;
    const last = transactions.data === 'lists' ? list[list.length - 1] : value;
    const writers = isEmpty ? [] : transactions.attempts(key, last)?.filter(({ listed }) => listed.outcome !== 'fail');
    return isReplaced && writers !== undefined && writers.length <= 1 ? [`${key} ${isEmpty ? '[]' : value}`] : [];
  });
}
