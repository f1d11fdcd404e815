/**
 * Table of check times: `npx tsx bench/linearizability.ts [largest] [kinds] [concurrencies] [info shares]`, by default
 * `1000000 register,unique-cas,cas,few,kv 5,10,20,50 0,0.001,0.01`. Every cell runs in a process of its own, so that
 * the resident set is its own too. Seconds are CPU seconds; the exponent compares with the length before.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { UNLIMITED } from '../checkers/checker.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import { casRegister } from '../checkers/models/register.js';
import { generate, type Kind, type Recipe } from './generate.js';

/** Goals of CPU seconds by cell, where one was set. */
const GOALS: Readonly<Record<string, number>> = {
  'register 1000000 20 0.01': 0.1,
  'register 1000000 50 0.01': 0.1,
  'cas 1000000 10 0': 1,
  'cas 1000000 20 0': 3,
  'cas 100000 20 0.01': 2,
  'cas 1000000 20 0.01': 30,
  'cas 10000 50 0': 1,
  'few 10000 50 0': 1,
  'kv 1000000 20 0': 1,
  'kv 1000000 20 0.01': 1,
};

interface Cell {
  readonly validity: string;
  readonly generateS: number;
  readonly checkS: number;
  readonly peakMb: number;
  readonly maxConfigurations: number;
  readonly witness: number;
}

const cpuS = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measure(recipe: Recipe): Promise<Cell> {
  const start = cpuS();
  const history = generate(recipe);
  const generated = cpuS();
  const verdict = await linearizable(casRegister).check(history, {
    budget: { ...UNLIMITED, timeMs: 120_000 },
    options: {},
  });
  return {
    validity: verdict.validity,
    generateS: generated - start,
    checkS: cpuS() - generated,
    peakMb: process.resourceUsage().maxRSS / 1024,
    maxConfigurations: Number(verdict.details['maxConfigurations']),
    witness: Number(verdict.anomalies[0]?.details?.['operations'] ?? 0),
  };
}

function inChild(recipe: Recipe): Cell {
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, ['--import', 'tsx', script, 'cell', JSON.stringify(recipe)], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Cell;
}

function table(
  largest: number,
  kinds: readonly string[],
  concurrencies: readonly number[],
  shares: readonly number[],
): void {
  const rows = new Table({
    head: [
      'kind',
      'operations',
      'open',
      'unknown',
      'flaw',
      'verdict',
      'check s',
      'exponent',
      'goal',
      'peak MB',
      'most conf.',
      'witness',
    ],
    style: { head: [], border: [] },
  });
  for (const kind of kinds as readonly Kind[])
    for (const concurrency of concurrencies)
      for (const infoShare of shares)
        for (const flaw of ['none', 'stale'] as const) {
          let before: number | undefined;
          for (let operations = 1_000; operations <= largest; operations *= 10) {
            const cell = inChild({ kind, operations, concurrency, infoShare, flaw, seed: 7 });
            const exponent = before === undefined ? '' : Math.log10(cell.checkS / before).toFixed(2);
            before = cell.checkS;
            const goal = GOALS[`${kind} ${operations} ${concurrency} ${infoShare}`];
            rows.push([
              kind,
              operations,
              concurrency,
              `${infoShare * 100} %`,
              flaw,
              cell.validity,
              cell.checkS.toFixed(3),
              exponent,
              goal === undefined ? '' : `${goal} ${cell.checkS <= goal ? 'met' : 'missed'}`,
              cell.peakMb.toFixed(0),
              cell.maxConfigurations,
              cell.witness,
            ]);
          }
        }
  console.log(rows.toString());
}

const [first, second, third, fourth] = process.argv.slice(2);
if (first === 'cell') console.log(JSON.stringify(await measure(JSON.parse(second) as Recipe)));
else {
  table(
    Number(first ?? 1_000_000),
    (second ?? 'register,unique-cas,cas,few,kv').split(','),
    (third ?? '5,10,20,50').split(',').map(Number),
    (fourth ?? '0,0.001,0.01').split(',').map(Number),
  );
}
