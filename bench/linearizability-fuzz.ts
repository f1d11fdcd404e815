/**
 * `npx tsx bench/linearizability-fuzz.ts [small] [medium] [first seed]`: that many small random histories of every
 * kind against brute force, and medium ones against the general search: of registers, and a quarter as many of other
 * types. Prints every disagreement.
 */
import { Deadline } from '../checkers/linearizability/budget.js';
import { decidePartition } from '../checkers/linearizability/decide-partition.js';
import { decideRegister } from '../checkers/linearizability/decide.js';
import { pass } from '../checkers/linearizability/frontier.js';
import { partitions, timedOperations } from '../checkers/linearizability/partition.js';
import { quickZones } from '../checkers/linearizability/quick-zones.js';
import { RegisterReader } from '../checkers/linearizability/registers.js';
import { searchLinearizable } from '../checkers/linearizability/search.js';
import { bruteForce } from '../checkers/linearizability/testing/oracle.js';
import { simulate, type Vocabulary } from '../checkers/linearizability/testing/random-history.js';
import { registers, vocabularies } from '../checkers/linearizability/testing/vocabularies.js';
import { casRegister } from '../checkers/models/register.js';
import { historyOf } from '../harness/history/builder.js';

const [small, medium, base] = [
  Number(process.argv[2] ?? 10_000),
  Number(process.argv[3] ?? 10_000),
  Number(process.argv[4] ?? 0),
];
const seen = { small: 0, medium: 0, valid: 0, invalid: 0, unknown: 0, undecided: 0, wrong: 0 };
const deadline = () => new Deadline(30_000, 300_000);

function report(kind: string, seed: number, expected: string, got: string): void {
  if (got === 'unknown') seen.undecided++;
  else seen.wrong++;
  console.log(`${kind}, seed ${seed}: expected ${expected}, got ${got}`);
}

for (const [name, any] of Object.entries(vocabularies)) {
  const vocabulary = any as Vocabulary<unknown>;
  for (let seed = base; seed < base + small; seed++) {
    const shape = {
      operations: 3 + (seed % 7),
      concurrency: 1 + (seed % 5),
      infoShare: (seed % 3) * 0.15,
      corruption: (seed % 2) * 0.25,
    };
    const history = historyOf(simulate(vocabulary, shape, seed));
    for (const partition of partitions(history, vocabulary.model)) {
      const expected = bruteForce(vocabulary.model, timedOperations(partition)) ? 'valid' : 'invalid';
      const got = searchLinearizable(vocabulary.model, partition, deadline()).validity;
      seen.small++;
      seen[expected]++;
      if (got !== expected) report(`search ${name}`, seed, expected, got);
      const chosen = decidePartition(history.columns, vocabulary.model, partition, {}, deadline()).validity;
      if (chosen !== expected) report(`engine for ${name}`, seed, expected, chosen);
      if (!name.includes('register') && !name.includes('cas')) continue;
      const operations = new RegisterReader(history, { read: 'read', write: 'write', cas: 'cas' }, null).read(
        undefined,
        undefined,
      );
      const special = decideRegister(operations, history.columns.pairs, deadline()).validity;
      if (special !== expected) report(`register engines ${name}`, seed, expected, special);
    }
  }
}

const mixes = [
  registers(2, [2, 2, 5]),
  registers(3, [2, 2, 2]),
  registers(3, [2, 5, 2]),
  registers(5, [1, 1, 1]),
  registers(2, [1, 2, 6]),
  registers(3, [1, 3, 0]),
  registers(0, [2, 1, 3]),
  registers(0, [2, 2, 0]),
];
for (let seed = base; seed < base + medium; seed++) {
  const shape = {
    operations: 20 + (seed % 60),
    concurrency: 3 + (seed % 7),
    infoShare: [0, 0.03, 0.1][seed % 3],
    corruption: [0, 0, 0.03, 0.1][seed % 4],
  };
  const history = historyOf(simulate(mixes[seed % mixes.length], shape, seed));
  for (const partition of partitions(history, casRegister)) {
    const expected = searchLinearizable(casRegister, partition, deadline()).validity;
    seen.medium++;
    seen[expected]++;
    if (expected === 'unknown') continue;
    const reader = new RegisterReader(history, { read: 'read', write: 'write', cas: 'cas' }, null);
    const operations = reader.read(undefined, undefined);
    const special = decideRegister(operations, history.columns.pairs, deadline()).validity;
    const exact = pass(operations, deadline(), 'every', 'unwanted').validity;
    const quick = quickZones(history, reader.kindOf)?.found;
    if (special !== expected) report('register engines', seed, expected, special);
    if (quick !== undefined && (quick === 'valid') !== (expected === 'valid'))
      report('quick zones', seed, expected, quick === 'valid' ? 'valid' : 'invalid');
    if (exact !== expected) report('exact pass', seed, expected, exact);
  }
}
/** The general search is exponential in what is open: what takes it long is left undecided. */
const soon = () => new Deadline(2_000, 20_000);
const others = Object.entries(vocabularies).filter(([name]) => !name.includes('register') && !name.includes('cas'));
for (let seed = base; seed < base + medium / 4; seed++) {
  const [name, any] = others[seed % others.length];
  const vocabulary = any as Vocabulary<unknown>;
  const shape = {
    operations: 15 + (seed % 30),
    concurrency: 2 + (seed % 4),
    infoShare: [0, 0.03, 0.08][seed % 3],
    corruption: [0, 0, 0.03, 0.1][seed % 4],
  };
  const history = historyOf(simulate(vocabulary, shape, seed));
  for (const partition of partitions(history, vocabulary.model)) {
    const expected = searchLinearizable(vocabulary.model, partition, soon()).validity;
    seen.medium++;
    seen[expected]++;
    const chosen = decidePartition(history.columns, vocabulary.model, partition, {}, soon()).validity;
    if (expected !== 'unknown' && chosen !== expected) report(`engine for ${name}`, seed, expected, chosen);
  }
}
console.log(JSON.stringify(seen));
