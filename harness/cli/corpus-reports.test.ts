import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../../checkers/checker.js';
import { linesThatPrintAlike } from '../../checkers/testing/alike.js';
import { renderMarkdown } from '../../reports/markdown.js';
import { page } from '../../reports/page.js';
import { renderTerminal } from '../../reports/terminal.js';
import { viewOf } from '../../reports/view.js';
import { readHistory } from '../history/formats/read.js';
import type { Json } from '../history/operation.js';
import { judgeBare } from './bare.js';
import { judgesFor, type Question } from './judges.js';

const corpus = fileURLToPath(new URL('../../checkers/corpus/', import.meta.url));
const MODELS = ['cas-register', 'register', 'counter', 'kv', 'mutex', 'queue', 'set'];
const CHECKERS = [
  'set-full',
  'set',
  'counter',
  'queue',
  'total-queue',
  'unique-ids',
  'lock',
  'long-fork',
  'write-skew',
  'monotonic',
  'causal-reverse',
  'bank',
  'inventory',
];
/** What the histories were made with. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  bank: { accounts: 3, initialBalance: 100 },
  inventory: { skus: ['tea', 'cup'], initialStock: 10 },
  la: { writesFollowReads: true },
  rw: { writesFollowReads: true, initialState: 'empty' },
};
const ASSETS = { script: '', siteScript: '', style: '' };

function questionFor(file: string): Question {
  if (file.startsWith('la-')) return { workload: 'list-append', consistency: 'strict-serializable' };
  if (file.startsWith('rw-')) return { workload: 'rw-register', consistency: 'strict-serializable' };
  if (file.startsWith('linearizable-'))
    return { model: MODELS.find((model) => file.startsWith(`linearizable-${model}-`))! };
  return { workload: CHECKERS.find((checker) => file.startsWith(`${checker}-`))! };
}

const drawn = new Map<string, number>();

/** A report for every kind of anomaly that anything here can find. */
describe('the report of a bad history explains it', () => {
  it.each(readdirSync(corpus).filter((name) => name.endsWith('-bad.jsonl')))('%s', async (file) => {
    const { history } = await readHistory(join(corpus, file));
    const { checkers, consistency } = judgesFor(questionFor(file), history);
    const results = await judgeBare({
      ...{ history, checkers, notes: [], budget: UNLIMITED, progress: () => undefined },
      options: OPTIONS[file.split('-')[0]] ?? {},
      ...(consistency !== undefined && { consistency }),
    });
    expect(results.outcome).toBe('invalid');
    const input = { results, history };
    const view = viewOf(input);
    const html = page(view, ASSETS);
    for (const { anomaly, number, violation, operations } of view.anomalies) {
      expect(anomaly.sentence).not.toBe('');
      expect(linesThatPrintAlike(history, anomaly), 'two moments that look the same').toEqual([]);
      expect(html).toContain(`id="anomaly-${number}"`);
      if (violation) expect(operations.length, `${anomaly.kind} shows its operations`).toBeGreaterThan(0);
      if (anomaly.drawing) drawn.set(anomaly.drawing.kind, (drawn.get(anomaly.drawing.kind) ?? 0) + 1);
    }
    const figures = view.anomalies.filter(({ anomaly }) => anomaly.drawing !== undefined).length;
    expect((html.match(/<figure class="drawing/g) ?? []).length).toBeGreaterThanOrEqual(figures);
    const [first] = view.anomalies;
    expect(renderMarkdown(input)).toContain(first.anomaly.kind.split('-')[0]);
    expect(renderTerminal(input, { width: 100, color: 'off', paths: {} })).toContain(first.anomaly.kind);
  });
});

// After all of them: no kind of drawing was left without a trial.
afterAll(() => {
  expect([...drawn.keys()].sort()).toEqual(['cycle', 'lanes', 'series']);
});
