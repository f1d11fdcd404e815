import { NONE } from '../../harness/history/history.js';
import type { Transactions } from '../transactions/transactions.js';
import { bigComponents } from './big-components.js';
import { stronglyConnected, PROCESS_BIT, WR_BIT, WW_BIT } from './component.js';
import { Findings } from './findings.js';
import { DependencyBuilder, WR, WW, type DependencyGraph } from './graph.js';
import type { Limits } from './limits.js';
import { nameTransaction } from './naming.js';
import { timeOrder, type TimeOrder } from './realtime.js';
import { Walker, simpleCycles } from './walk.js';
import { causal } from './weak-causal.js';
import { readAtomic } from './weak-read-atomic.js';
import { readCommitted } from './weak-read-committed.js';
import { INITIAL, readsFrom, type Precedes, type ReadsFrom } from './weak-reads.js';

interface WeakLevel {
  readonly kind: string;
  readonly title: string;
  /** Tells every order that the level forces upon writers. False: not decided. */
  infer(reads: ReadsFrom, sessions: TimeOrder, precedes: Precedes): boolean;
}

/**
 * Levels weaker than those that version orders decide, for registers whose versions nobody ordered (Biswas and Enea, OOPSLA
 * 2019; in near-linear time after Møldrup, Roy, Mathur, Tunç and others, AWDIT, 2025). Each forces writers of a key into an
 * order: a reader of one that knows of another read the later. A level holds if these, the reads and the sessions agree.
 */
const LEVELS: readonly WeakLevel[] = [
  { kind: 'monotonic-atomic-view-cycle', title: 'later reads must keep up with earlier ones', infer: readCommitted },
  { kind: 'read-atomic-cycle', title: 'who reads one write of a transaction must see all of them', infer: readAtomic },
  { kind: 'causal-cycle', title: 'who reads a write must see all that it depends on', infer: causal },
];

/**
 * Adds to `findings` one violation of the weakest level that fails, and says whether it needs the order of sessions.
 * Answers whether the strongest is violated.
 */
export function findWeak(
  transactions: Transactions,
  time: TimeOrder,
  findings: Findings,
  limits: Limits,
): 'yes' | 'no' | 'undecided' {
  const reads = readsFrom(transactions);
  const none = withoutSessions(time);
  // The strongest first: where it holds the weaker ones do too, and that is the common case.
  const strongest = violated(transactions, reads, time, LEVELS[LEVELS.length - 1], new Findings(), '-process', limits);
  if (strongest === 'no') return 'no';
  for (const level of LEVELS) {
    if (violated(transactions, reads, time, level, findings, '-process', limits) === 'no') continue;
    // Without sessions every transaction would be one of its own, which vector clocks cannot pay for.
    if (level.kind === 'causal-cycle') return strongest;
    if (violated(transactions, reads, none, level, findings, '', limits) === 'yes') return strongest;
  }
  return strongest;
}

/** Whether the weak level that forbids cycles of this kind is violated, alone or with the order of sessions. */
export function weakLevel(
  transactions: Transactions,
  kind: string,
  sessions: TimeOrder | undefined,
  findings: Findings,
  limits: Limits,
): 'yes' | 'no' | 'undecided' {
  const level = LEVELS.find((each) => each.kind === kind);
  if (level === undefined) throw new RangeError(`no weak level forbids ${kind}`);
  const time = timeOrder(transactions);
  const suffix = sessions === undefined ? '' : '-process';
  return violated(
    transactions,
    readsFrom(transactions),
    sessions ?? withoutSessions(time),
    level,
    findings,
    suffix,
    limits,
  );
}

function withoutSessions({ next }: TimeOrder): TimeOrder {
  return { next, successor: new Int32Array(next.length).fill(NONE) };
}

function violated(
  transactions: Transactions,
  reads: ReadsFrom,
  sessions: TimeOrder,
  level: WeakLevel,
  findings: Findings,
  suffix: '' | '-process',
  limits: Limits,
): 'yes' | 'no' | 'undecided' {
  limits.look('deciding weak levels');
  const builder = new DependencyBuilder(transactions.length);
  reads.each((reader, writer) => {
    if (writer >= 0) builder.add(writer, reader, WR);
  });
  for (const [before, after] of reads.ordered) builder.add(before, after, WW);
  let stale: { readonly before: number; readonly reader: number; readonly key: number } | undefined;
  const decided = level.infer(reads, sessions, (before, after, reader, key) => {
    if (after === INITIAL) stale ??= { before, reader, key };
    else if (before !== INITIAL) builder.add(before, after, WW);
  });
  if (!decided) return 'undecided';
  const name = (transaction: number) => nameTransaction(transactions, transaction);
  if (stale) {
    const { before, reader, key } = stale;
    findings.add(`${level.kind}${suffix}`, [reader, before], () =>
      [
        `${name(reader)} read key ${transactions.keyNames[key]} in its initial state, although ${name(before)}, which wrote it,`,
        `precedes it: ${level.title}`,
      ].join(' '),
    );
    return 'yes';
  }
  const members = shortestCycle(builder.build(), sessions, limits);
  if (!members) return 'no';
  const witnesses = witnessesOf(level, reads, sessions, members);
  findings.add(`${level.kind}${suffix}`, [...members, ...witnesses.map(({ reader }) => reader)], () =>
    describe(transactions, level, members, witnesses),
  );
  return 'yes';
}

interface Witness {
  readonly before: number;
  readonly after: number;
  readonly reader: number;
  readonly key: number;
}

/** Who forced neighbours of the cycle into their order. */
function witnessesOf(level: WeakLevel, reads: ReadsFrom, sessions: TimeOrder, members: readonly number[]): Witness[] {
  const wanted = new Map(members.map((member, i) => [member, members[(i + 1) % members.length]]));
  const found = new Map<number, Witness>();
  level.infer(reads, sessions, (before, after, reader, key) => {
    if (wanted.get(before) === after && !found.has(before)) found.set(before, { before, after, reader, key });
  });
  return [...found.values()];
}

function describe(
  transactions: Transactions,
  level: WeakLevel,
  members: readonly number[],
  witnesses: readonly Witness[],
): string {
  const name = (transaction: number) => nameTransaction(transactions, transaction);
  const forced = witnesses.map(
    ({ before, after, reader, key }) =>
      `${name(before)} must precede ${name(after)}, as ${name(reader)} knew the former and read key ` +
      `${transactions.keyNames[key]} from the latter`,
  );
  return `${forced.join('; ')}; yet reads and sessions order ${members.map(name).join(', ')} in a circle: ${level.title}`;
}

function shortestCycle(graph: DependencyGraph, sessions: TimeOrder, limits: Limits): number[] | undefined {
  const everything = Int32Array.from({ length: graph.nodes }, (_, node) => node);
  const order = sessions.successor.some((next) => next !== NONE) ? 'process' : 'data';
  if (bigComponents(graph, sessions, order, everything).length === 0) return undefined;
  const [part] = stronglyConnected(graph, sessions, order, everything);
  const walker = new Walker(part, limits);
  const within = new Int32Array(part.nodes);
  let best: readonly number[] | undefined;
  for (let source = 0; source < part.nodes && !(best && best.length <= 2) && walker.steps < 1_000_000; source++) {
    for (let edge = part.offsets[source]; edge < part.offsets[source + 1]; edge++) {
      if (part.relations[edge] !== WW && best) continue;
      const limit = best ? best.length - 1 : part.nodes + 1;
      const walk = walker.closing(source, edge, WW_BIT | WR_BIT | PROCESS_BIT, within, limit);
      if (walk) best = simpleCycles(part, source, walk)[0].steps.map(({ from }) => from);
    }
  }
  return best ? [...best] : undefined;
}
