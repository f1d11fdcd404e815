import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../harness/history/formats/read.js';
import { UNLIMITED, type Checker } from '../checker.js';
import { uniqueIds } from '../unique-ids.js';
import { defectsOf } from './testing/defects.js';

const corpus = fileURLToPath(new URL('../corpus/', import.meta.url));

/** Checkers whose witnesses are proven, by how the names of their histories begin. */
const CHECKERS: Readonly<Record<string, Checker>> = { 'unique-ids': uniqueIds };

describe.each(Object.entries(CHECKERS))('witnesses of %s', (prefix, checker) => {
  const files = readdirSync(corpus).filter((file) => file.startsWith(`${prefix}-`) && file.endsWith('.jsonl'));

  it.each(files)('%s', async (file) => {
    const { history } = await readHistory(join(corpus, file));
    const verdict = await checker.check(history, { budget: UNLIMITED, options: {} });
    expect(defectsOf(verdict, history, checker.name)).toEqual([]);
  });
});
