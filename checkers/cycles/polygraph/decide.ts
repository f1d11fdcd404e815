import type { Transactions } from '../../transactions/transactions.js';
import { OverBudget, type Limits } from '../limits.js';
import { NotUnique } from '../not-unique.js';
import { arrange } from './arrange.js';
import { blocksOf } from './blocks.js';
import { guess, type Guess } from './guess.js';
import type { Isolation } from './isolation.js';
import { precedenceOf, type Question } from './precedence.js';
import { registersOf, type Beginning, type Registers } from './registers.js';
import { replay } from './replay.js';
import { impossibleSentence } from './sentence.js';
import { shortCycle } from './shortest.js';
import type { TimeOrdering } from './time.js';
import { minimalWitness, shrink } from './witness.js';
import { zonesOf } from './zones.js';

export type Decision =
  | {
      readonly kind: 'valid';
      /**
       * An execution that explains every read, by numbers of transactions. Serializable: each once, in serial order.
       * Snapshot isolation: each twice, where its snapshot is taken and where it commits.
       */
      readonly execution: Int32Array;
    }
  | {
      readonly kind: 'invalid';
      /** Transactions that have no execution even alone, ascending; a minimal set unless it is large. */
      readonly witness: readonly number[];
      readonly sentence: string;
      /** The witness, a transaction a line. */
      readonly explanation: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Decides exactly whether transactions over registers with unique writes have an execution that is serializable or snapshot
 * isolated and respects no order but the data's, the order of each process, or real time. Nothing is assumed about the
 * order in which versions replaced each other: writes that nobody's reads order may have come in any.
 *
 * Both are NP-complete (Papadimitriou 1979; Biswas and Enea 2019), so this guesses and verifies, which is near-linear, and
 * searches exactly among those transactions only where the guess does not hold. `valid` rests on an execution that was
 * replayed, `invalid` on a few transactions that have none, `unknown` on a budget met.
 */
export function decideRegisters(
  transactions: Transactions,
  isolation: Isolation,
  order: TimeOrdering,
  limits: Limits,
  beginning: Beginning = 'empty',
): Decision {
  try {
    const registers = registersOf(transactions, limits, beginning);
    if ('sentence' in registers) {
      return { kind: 'invalid', witness: registers.transactions, sentence: registers.sentence, explanation: [] };
    }
    return decide(transactions, registers, isolation, order, limits);
  } catch (error) {
    if (error instanceof OverBudget || error instanceof NotUnique) return { kind: 'unknown', reason: error.message };
    throw error;
  }
}

function decide(
  transactions: Transactions,
  registers: Registers,
  isolation: Isolation,
  order: TimeOrdering,
  limits: Limits,
): Decision {
  const blocks = blocksOf(registers);
  const refuted = (witness: Int32Array): Decision => ({
    kind: 'invalid',
    witness: Array.from(witness, (member) => registers.transactions[member]),
    ...impossibleSentence(transactions, registers, witness, isolation, order),
  });
  if ('kind' in blocks) {
    return refuted(shrink({ registers, isolation, order }, Int32Array.from(blocks.members).sort(), limits));
  }
  const question: Question = { registers, blocks, isolation, order };
  limits.look('ordering transactions');
  const first = bestGuess(question, limits);
  const serial = first.forced === 0 ? inMoments(first.line, isolation) : undefined;
  if (serial && replay(registers, isolation, order, serial)) return proven(registers, isolation, serial);
  const cycle = knownCycle(question);
  if (cycle) return refuted(minimalWitness(question, cycle, limits));
  const arranged = arrange(question, first.arrangement, limits);
  if (arranged.kind === 'impossible') return refuted(minimalWitness(question, arranged.members, limits));
  if (!replay(registers, isolation, order, arranged.line)) {
    throw new Error('an order of transactions was found that does not explain what they read');
  }
  return proven(registers, isolation, arranged.line);
}

/** Databases mostly act in real time even where nobody asks for it; failing that, as asked. */
function bestGuess(question: Question, limits: Limits): Guess {
  const zones = zonesOf(question);
  const timely = guess(question, 'realtime', zones);
  if (timely.forced === 0 || question.order === 'realtime') return timely;
  limits.look('ordering transactions');
  const free = guess(question, question.order, zones);
  return free.forced < timely.forced ? free : timely;
}

/** Participants that precede themselves whatever the order of blocks, with the writers of what they read. */
function knownCycle(question: Question): Int32Array | undefined {
  const precedence = precedenceOf(question);
  const cycle = shortCycle(precedence);
  if (!cycle) return undefined;
  const { registers } = question;
  const members = new Set<number>();
  for (const node of cycle) {
    if (node >= precedence.moments.count) continue;
    const member = Math.floor(node / precedence.moments.perTransaction);
    members.add(member);
    for (let read = registers.readStarts[member]; read < registers.readStarts[member + 1]; read++) {
      const version = registers.readVersions[read];
      if (version < registers.owners.length) members.add(registers.owners[version]);
    }
  }
  return Int32Array.from(members).sort();
}

/** A serial execution is one under snapshot isolation: each commits right after its snapshot. */
function inMoments(line: Int32Array, isolation: Isolation): Int32Array {
  if (isolation === 'serializable') return line;
  return Int32Array.from({ length: 2 * line.length }, (_, i) => 2 * line[i >> 1] + (i & 1));
}

function proven(registers: Registers, isolation: Isolation, line: Int32Array): Decision {
  const each = isolation === 'serializable' ? 1 : 2;
  return { kind: 'valid', execution: line.map((moment) => registers.transactions[Math.floor(moment / each)]) };
}
