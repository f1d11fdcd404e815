import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../harness/history/formats/read.js';
import { causalReverse } from './causal-reverse.js';
import { UNLIMITED } from './checker.js';
import { counter } from './counter.js';
import { lock } from './lock.js';
import { longFork } from './long-fork.js';
import { monotonic } from './monotonic.js';
import { queue } from './queue.js';
import { set } from './set.js';
import { setFull } from './set-full.js';
import { totalQueue } from './total-queue.js';
import { uniqueIds } from './unique-ids.js';
import { writeSkew } from './write-skew.js';

const corpus = fileURLToPath(new URL('./corpus/', import.meta.url));
const checkers = [
  set,
  setFull,
  counter,
  queue,
  totalQueue,
  uniqueIds,
  lock,
  longFork,
  writeSkew,
  monotonic,
  causalReverse,
];
const files = readdirSync(corpus).filter((file) => file.endsWith('.jsonl'));

/** `set-full-lost-bad.jsonl` belongs to set-full, not to set. */
function filesOf(name: string): string[] {
  const longer = checkers
    .map((checker) => checker.name)
    .filter((other) => other !== name && other.startsWith(`${name}-`));
  return files.filter((file) => file.startsWith(`${name}-`) && !longer.some((other) => file.startsWith(`${other}-`)));
}

describe.each(checkers.map((checker) => [checker.name, checker] as const))('%s', (name, checker) => {
  it('has good and bad histories', () => {
    const verdicts = new Set(filesOf(name).map((file) => /-(good|bad)\.jsonl$/.exec(file)?.[1]));
    expect(verdicts).toEqual(new Set(['good', 'bad']));
  });

  it.each(filesOf(name))('%s', async (file) => {
    const { history } = await readHistory(join(corpus, file));
    const verdict = await checker.check(history, { budget: UNLIMITED, options: {} });
    expect(verdict.validity).toBe(file.endsWith('-good.jsonl') ? 'valid' : 'invalid');
  });
});
