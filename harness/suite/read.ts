import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseDurationMs } from '../kit/duration.js';
import { messageOf, UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import { type Block, cellsOf } from './cells.js';
import type { Suite } from './suite.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
/** `--set` values are text on the command line too. */
const options = z.record(z.string(), scalar.transform(String));
const flags = z.record(z.string(), scalar);
const list = z.union([z.string(), z.array(z.string()).min(1)]).transform((given) => [given].flat());
const duration = z
  .union([z.string(), z.number()])
  .transform((given) => parseDurationMs(String(given)))
  .refine((ms) => ms !== undefined && ms > 0, 'expected a duration such as 90m, 1h30m or 45s');

const block = z.strictObject({
  system: z.string(),
  options: z.union([options, z.array(options).min(1)]).default({}),
  workloads: list,
  nemeses: list.default(['none']),
  seeds: z.union([z.int().min(1).max(10_000), z.array(z.int().min(0)).min(1)]).default(1),
  expect: z.enum(['valid', 'invalid']).default('valid'),
  test: flags.default({}),
});

const suiteFile = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,60}$/, 'expected letters, digits, dots, dashes')
    .optional(),
  seed: z.int().min(0).optional(),
  budget: duration.optional(),
  parallel: z.union([z.literal('auto'), z.int().min(1).max(64)]).default('auto'),
  attempts: z.int().min(1).max(10).default(2),
  test: flags.default({}),
  cells: z.array(block).min(1),
});

/** A suite file's text as a suite. Throws {@link UserError} with the line of the first thing wrong. */
export function parseSuite(text: string, file: string, drawnSeed: number): Suite {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new UserError(`${file}:${lines.linePos(problem.pos[0]).line}: ${problem.message.split('\n')[0]}`);
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const parsed = suiteFile.safeParse(document.toJS());
  if (!parsed.success) throw new UserError(complaint(parsed.error.issues[0], file, lineOf));
  const given = parsed.data;
  const blocks = given.cells.map((each, at): Block => {
    const { system, seeds, expect } = each;
    const parts = (entries: readonly string[]) => entries.map(splitNames);
    return {
      source: `${file}:${lineOf(['cells', at])}`,
      system,
      options: [each.options].flat(),
      workloads: parts(each.workloads),
      nemeses: parts(each.nemeses),
      seeds,
      flags: { ...given.test, ...each.test },
      expect,
    };
  });
  const seed = given.seed ?? drawnSeed;
  return {
    name: given.name ?? basename(file).replace(/\.ya?ml$/, ''),
    file,
    seed,
    ...(given.budget !== undefined && { budgetMs: given.budget }),
    parallel: given.parallel,
    attempts: given.attempts,
    cells: unique(cellsOf(blocks, seed)),
  };
}

/** Reads a suite file. */
export async function readSuite(file: string, drawnSeed: number): Promise<Suite> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`${file}: cannot be read: ${messageOf(error)}`);
  });
  return parseSuite(text, file, drawnSeed);
}

/** `a,b` as on the command line; `none` stands for an empty list. */
function splitNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '' && name !== 'none');
}

function unique(cells: Suite['cells']): Suite['cells'] {
  const seen = new Map<string, string>();
  for (const { id, source } of cells) {
    const before = seen.get(id);
    if (before !== undefined) throw new UserError(`${source}: repeats a cell of ${before}, seed included`);
    seen.set(id, source);
  }
  return cells;
}

function complaint(issue: z.core.$ZodIssue, file: string, lineOf: (path: readonly PropertyKey[]) => number): string {
  const place = `${file}:${lineOf(issue.path)}`;
  const where = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys((issue.path[0] === 'cells' ? block : suiteFile).shape);
    return `${file}:${lineOf([...issue.path, issue.keys[0]])}: unknown entry ${issue.keys[0]}${suggestion(issue.keys[0], known)}`;
  }
  return `${place}: ${where.replace(/^\./, '') || 'the file'}: ${issue.message}`;
}
