/**
 * `npx tsx bench/linearizability-fuzz.ts [small] [medium] [first seed]`: that many small random histories of every
 * kind against brute force, and medium ones of registers against the general search. Prints every disagreement.
 */
import { Deadline } from '../checkers/linearizability/budget.js';
import { decideRegister } from '../checkers/linearizability/decide.js';
import { pass } from '../checkers/linearizability/frontier.js';
import { partitions, timedOperations } from '../checkers/linearizability/partition.js';
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
const seen = { small: 0, medium: 0, valid: 0, invalid: 0, unknown: 0, wrong: 0 };
const deadline = () => new Deadline(30_000, 300_000);

function report(kind: string, seed: number, expected: string, got: string): void {
  seen.wrong++;
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
    const operations = new RegisterReader(history, { read: 'read', write: 'write', cas: 'cas' }, null).read(
      undefined,
      undefined,
    );
    const special = decideRegister(operations, history.columns.pairs, deadline()).validity;
    const exact = pass(operations, deadline(), 'every', 'unwanted').validity;
    if (special !== expected) report('register engines', seed, expected, special);
    if (exact !== expected) report('exact pass', seed, expected, exact);
  }
}
console.log(JSON.stringify(seen));
