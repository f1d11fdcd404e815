import type { EventInput } from '../../harness/history/builder.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import { noOrder, realTime, sessions, type SmallTransaction } from './brute-force.js';
import { rwRegister } from './cycles.js';
import { exhaust } from './exhaustive.js';
import { historyOf, impossible, smallFrom } from './oracle.js';
import { LEVELS, type ExactLevel } from './polygraph/levels.js';

/** What Elle answered about one history, by model. */
export interface ElleAnswers {
  readonly id: number;
  readonly valid: Readonly<Record<string, boolean | 'unknown'>>;
}

/** A model at which our checker and Elle answer differently, and who is right. */
export interface Disagreement {
  readonly model: string;
  readonly elle: boolean | 'unknown';
  readonly ours: Verdict['validity'];
  /** Whether some execution explains the history, by trying all. */
  readonly possible: boolean;
  /** What was tried. */
  readonly tried: string;
  /** Whether no transaction that returned ok read anything. */
  readonly readsNothing: boolean;
}

/** All differences, as a page for people. */
export interface Book {
  readonly text: string;
  /** Answers that differ, and the histories they are about. */
  readonly count: number;
  readonly histories: number;
  /** Differences in which trying everything proves us wrong. */
  readonly wrong: readonly string[];
}

const GOLDEN = [
  ['rw.elle.jsonl', 'none'],
  ['rw-wfr.elle.jsonl', 'writes follow reads'],
] as const;

const INTRODUCTION = `# Where Faultline and Elle disagree

Of 2,000 golden histories of lists both say the same at all seven models. Of 2,000 golden histories of registers, answered by
Elle with and without the assumption that writes follow reads, those below get another answer from Faultline.

Elle orders the versions of a register by the assumptions asked for alone, and leaves writes of unknown outcome out of its
graphs even when somebody read them. Where it finds a violation there is one; where it finds none, or sees nothing to judge,
there may be one still. Each difference is settled by trying every execution (\`checkers/cycles/exhaustive.ts\`, which shares
nothing with the checker; states that were reached before are not entered again) or, at repeatable read, every order of writes
(\`checkers/cycles/brute-force.ts\`). \`npx tsx bench/elle-disagreements.ts\` writes this page, and
\`checkers/cycles/elle-disagreements.test.ts\` proves all of it again.

A line is a transaction: its process, the positions of its invocation and completion (\`?\`: never known to have completed),
and what it read and wrote. Failed transactions are left out.
`;

const UNSEEN = `## Where Elle sees nothing to judge

Elle answers unknown where it infers no dependency. Reads that agree with an execution were an observation all the same, so
Faultline answers valid, with some execution found for each of these:`;

const UNREAD = `Where nobody who returned ok read anything, Elle takes the order of time for a dependency and answers valid at
the levels that speak of time; Faultline answers unknown at every level:`;

function listed(ids: ReadonlySet<number>): string {
  return [...ids]
    .sort((a, b) => a - b)
    .reduce<string[]>((lines, id) => {
      const last = lines.at(-1);
      const text = `${String(id)},`;
      if (last === undefined || last.length + text.length > 118) return [...lines, text];
      return [...lines.slice(0, -1), `${last} ${text}`];
    }, [])
    .join('\n')
    .replace(/,$/, '');
}

/** Proves every difference and writes it down. @param read the text of a file of golden histories or answers */
export async function bookOf(read: (name: string) => string): Promise<Book> {
  const lines = <T>(name: string) =>
    read(name)
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as T);
  const histories = lines<{ readonly id: number; readonly ops: readonly EventInput[] }>('rw.jsonl');
  const answers = GOLDEN.map(([name, assumptions]) => [assumptions, lines<ElleAnswers>(name)] as const);
  const pages: string[] = [];
  const wrong: string[] = [];
  const unseen = new Set<number>();
  const unread = new Set<number>();
  let count = 0;
  for (const { id, ops } of histories) {
    const found = new Map<string, readonly Disagreement[]>();
    for (const [assumptions, golden] of answers) {
      const disagreements = await disagreementsOn(ops, golden[id], assumptions);
      for (const each of disagreements) if (!isRight(each)) wrong.push(`${String(id)} at ${each.model}`);
      if (disagreements.some(({ elle, ours }) => elle === 'unknown' && ours === 'valid')) unseen.add(id);
      if (disagreements.some(({ ours }) => ours === 'unknown')) unread.add(id);
      const verdicts = disagreements.filter(
        ({ elle, ours }) => ours === 'invalid' || (elle !== 'unknown' && ours === 'valid'),
      );
      if (verdicts.length > 0) found.set(assumptions, verdicts);
      count += verdicts.length;
    }
    if (found.size > 0) pages.push(pageOf(`rw ${String(id)}`, ops, found));
  }
  const summary = `${String(count)} answers differ, about ${String(pages.length)} histories.\n`;
  const nothing = `${listed(unseen)}\n\n${UNREAD}\n\n${listed(unread)}\n`;
  return {
    text: [INTRODUCTION, summary, ...pages, UNSEEN, '', nothing].join('\n'),
    count,
    histories: pages.length,
    wrong,
  };
}

const ORDERS = { none: noOrder, process: sessions, realtime: realTime } as const;

/** Compares the register checker with Elle's answers to one history, and settles every difference by trying everything. */
export async function disagreementsOn(
  events: readonly EventInput[],
  { valid }: ElleAnswers,
  assumptions: 'none' | 'writes follow reads',
): Promise<readonly Disagreement[]> {
  const history = historyOf(events);
  const readsNothing = !smallFrom('rw-register', events).transactions.some(
    ({ certain, mops }) => certain && mops.some(([f]) => f === 'r'),
  );
  const found: Disagreement[] = [];
  for (const [model, elle] of Object.entries(valid)) {
    const { validity } = await rwRegister.check(history, {
      budget: UNLIMITED,
      consistency: model,
      options: { writesFollowReads: assumptions === 'writes follow reads' },
    });
    const same =
      elle === 'unknown' ? validity === 'unknown' : elle === (validity === 'valid') && validity !== 'unknown';
    if (!same) found.push({ model, elle, ours: validity, ...settle(events, model), readsNothing });
  }
  return found;
}

/** Whether an answer is the right one. Where nobody read anything, nothing is proven by finding nothing. */
export function isRight({ ours, possible, readsNothing }: Disagreement): boolean {
  return ours === 'unknown' ? readsNothing : ours === (possible ? 'valid' : 'invalid');
}

/** Of each history, whether it is strictly serializable. */
const strictOf = new WeakMap<readonly EventInput[], Pick<Disagreement, 'possible' | 'tried'>>();

function settle(events: readonly EventInput[], model: string): Pick<Disagreement, 'possible' | 'tried'> {
  const small = smallFrom('rw-register', events);
  // What is strictly serializable is anything weaker too.
  const strict = strictOf.get(events) ?? searched(small.transactions, LEVELS[0]);
  strictOf.set(events, strict);
  if (strict.possible) return strict;
  if (model === 'repeatable-read') return { possible: !impossible(small, model), tried: 'every order of writes' };
  const level = LEVELS.find((each) => each.model === model);
  if (level !== undefined) return searched(small.transactions, level);
  if (model === 'read-committed')
    return { possible: readsCommitted(small.transactions), tried: 'what each read shows' };
  if (model === 'read-uncommitted') return { possible: true, tried: 'no order of writes is shown' };
  throw new RangeError(`no way to settle ${model}`);
}

/** Reads of what others left, in no circle: then writes can be ordered as the reads are, which is read committed. */
function readsCommitted(transactions: readonly SmallTransaction[]): boolean {
  const leaves = (writer: SmallTransaction, key: number) =>
    writer.mops.findLast(([f, other]) => f !== 'r' && other === key)?.[2];
  const writersOf = (reader: SmallTransaction) =>
    reader.mops.flatMap(([f, key, value], i) => {
      const own = reader.mops
        .slice(0, i)
        .some(([g, other, written]) => g !== 'r' && other === key && written === value);
      if (f !== 'r' || !reader.certain || own || value === null) return [];
      return [transactions.find((writer) => writer !== reader && leaves(writer, key) === value)];
    });
  let left = [...transactions];
  while (left.length > 0) {
    const rest = left.filter((reader) => writersOf(reader).some((writer) => !writer || left.includes(writer)));
    if (rest.length === left.length) return false;
    left = rest;
  }
  return true;
}

function searched(transactions: readonly SmallTransaction[], { isolation, order }: ExactLevel) {
  const { possible, states } = exhaust(transactions, isolation, ORDERS[order]);
  return { possible, tried: `${String(states)} state${states === 1 ? '' : 's'}` };
}

/** The page about one history: what differs, and its transactions. */
export function pageOf(
  name: string,
  events: readonly EventInput[],
  disagreements: ReadonlyMap<string, readonly Disagreement[]>,
): string {
  const lines = [...disagreements].flatMap(([assumptions, found]) =>
    found.map(({ model, elle, ours, possible, tried }) => {
      const truth = possible ? 'an execution exists' : 'no execution exists';
      const theirs = elle === 'unknown' ? 'unknown' : elle ? 'valid' : 'invalid';
      return `- ${model}, assuming ${assumptions === 'none' ? 'nothing' : `that ${assumptions}`}: Elle ${theirs}, Faultline ${ours}; ${truth} (${tried})`;
    }),
  );
  const { transactions } = smallFrom('rw-register', events);
  const shown = [...transactions].sort((a, b) => a.invoke - b.invoke).map(line);
  return [`## ${name}`, '', ...lines, '', '```text', ...shown, '```', ''].join('\n');
}

function line({ process, invoke, complete, certain, mops }: SmallTransaction): string {
  const time = `${String(invoke)}–${certain ? String(complete) : '?'}`;
  const parts = mops.map(
    ([f, key, value]) => `${f} ${String(key)}=${f === 'r' && !certain ? '?' : JSON.stringify(value)}`,
  );
  return `process ${String(process)}, events ${time}: ${parts.join(', ')}`;
}
