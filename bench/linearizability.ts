/**
 * Table of load and check times, held against the goals in linearizability-goals.ts:
 * `npx tsx bench/linearizability.ts [largest] [kinds] [concurrencies] [info shares] [flaws] [lengths]`, by default
 * `1000000 register,unique-cas,cas,few,kv 5,10,20,50 0,0.001,0.01 none,stale all`; `all` lengths are 1,000, 10,000… up to
 * the largest, otherwise only those given. Other kinds: set, queue, stack, fetch-and-add, counter, mutex.
 *
 * Every history is written to a file, and read and judged by a process of its own, so that its resident set is its own
 * too. Seconds are of the clock or of the processor, whichever is less: on an idle machine the clock is the lesser,
 * since compiling and collecting go on beside; on a busy one the clock tells how busy it was. The exponent compares
 * with the length before.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { generate, type Kind } from './generate.js';
import { generateType, TYPES, type TypeKind } from './generate-types.js';
import type { Cell } from './linearizability-cell.js';
import { heldAgainst } from './linearizability-goals.js';
import { writeHistory } from './write-history.js';

const [largest, kinds, concurrencies, shares, flaws, lengths] = process.argv.slice(2);
const MODELS: Readonly<Record<string, string>> = Object.fromEntries(TYPES.map((type) => [type, type]));
const directory = mkdtempSync(join(tmpdir(), 'linearizability-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

interface Recipe {
  readonly kind: string;
  readonly operations: number;
  readonly concurrency: number;
  readonly infoShare: number;
  readonly flaw: 'none' | 'stale';
}

function measure(recipe: Recipe): Cell {
  const path = join(directory, 'history.jsonl');
  const model = MODELS[recipe.kind];
  const history =
    model === undefined
      ? generate({ ...recipe, kind: recipe.kind as Kind, seed: 7 })
      : generateType({ ...recipe, kind: recipe.kind as TypeKind, seed: 7 });
  writeHistory(path, history);
  const script = fileURLToPath(new URL('./linearizability-cell.ts', import.meta.url));
  const child = spawnSync(process.execPath, ['--import', 'tsx', script, path, model ?? 'cas-register'], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Cell;
}

const widths = [14, 10, 6, 8, 6, 8, 8, 8, 8, 8, 10, 8];
const head = [
  'kind',
  'operations',
  'open',
  'unknown',
  'flaw',
  'verdict',
  'load s',
  'check s',
  'peak MB',
  'exponent',
  'most conf.',
  'witness',
];
const rows = new Table({ head: [...head, 'goals'], style: { head: [], border: [] } });
const line = (cells: readonly (string | number)[]) =>
  cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' ');

function lengthsUpTo(most: number): number[] {
  if (lengths !== undefined && lengths !== 'all') return lengths.split(',').map(Number);
  const found: number[] = [];
  for (let operations = 1_000; operations <= most; operations *= 10) found.push(operations);
  return found;
}

console.error(line([...head, 'goals']));
for (const kind of (kinds ?? 'register,unique-cas,cas,few,kv').split(','))
  for (const concurrency of (concurrencies ?? '5,10,20,50').split(',').map(Number))
    for (const infoShare of (shares ?? '0,0.001,0.01').split(',').map(Number))
      for (const flaw of (flaws ?? 'none,stale').split(',') as ('none' | 'stale')[]) {
        let before: number | undefined;
        for (const operations of lengthsUpTo(Number(largest ?? 1_000_000))) {
          const recipe = { kind, operations, concurrency, infoShare, flaw };
          const cell = measure(recipe);
          const exponent = before === undefined ? '' : Math.log10(cell.checkS / before).toFixed(2);
          before = cell.checkS;
          const goals = heldAgainst({ ...recipe, ...cell });
          const row = [
            kind,
            operations,
            concurrency,
            `${infoShare * 100} %`,
            flaw,
            cell.validity,
            cell.loadS.toFixed(3),
            cell.checkS.toFixed(3),
            cell.peakMb.toFixed(0),
            exponent,
            cell.maxConfigurations,
            cell.witness === 0 ? '' : `${cell.witness}${cell.isMinimal ? '' : '+'}`,
            goals.join('; '),
          ];
          rows.push(row);
          // At once too, since the whole table takes long.
          console.error(line(row));
        }
      }
console.log(rows.toString());
console.log(
  `load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores at the end; witness with +: not shown to be minimal`,
);
