import { expect, it } from 'vitest';
import { code, escape, MAX_MARKDOWN_BYTES, renderMarkdown } from './markdown.js';
import { hostileRun } from './testing/hostile-run.js';
import { invalidRun } from './testing/invalid-runs.js';
import { validRun } from './testing/valid-run.js';
import { checkOf, historyOf, invalidOf, resultsOf } from './testing/runs.js';

it('says verdict, anomalies with operations, checks, faults, command', () => {
  const text = renderMarkdown(invalidRun(500));
  expect(text).toMatch(/^## Violation found: Process \d+ read \d+ from r3/);
  expect(text).toContain('**1. nonlinearizable** (register: linearizability)');
  expect(text).toMatch(/\| #\d+ \| `read → \d+` \| `r3` \|/);
  expect(text).toContain('```text\nThe newer value was written and read before the stale read began');
  expect(text).toContain('8 of 9 faults demonstrably bit.');
  expect(text).toContain('| 1 | partition | minority, share 0.25, fired on leader changed from n2 to n1 |');
  expect(text).toContain('650 ms \\(read 250 ms, write 650 ms\\) |');
  expect(text).toContain('--seed 812');
  expect(renderMarkdown(validRun(500))).toContain('undecided: the memory budget');
});

it('escapes markup, HTML, mentions and links', () => {
  expect(escape('a|b <b> *c* [d](e) `f`')).toBe('a\\|b \\<b\\> \\*c\\* \\[d\\]\\(e\\) \\`f\\`');
  expect(escape('@someone http://x')).not.toMatch(/@someone|:\/\//);
  expect(code('a`b``c|d')).toBe('``` a`b``c¦d ```');
  const text = renderMarkdown(hostileRun());
  expect(text.replace(/`[^`]*`/g, '')).not.toMatch(/(^|[^\\])<script/);
});

it('keeps every row of a table to its number of cells', () => {
  const rows = renderMarkdown(hostileRun())
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const cells = (line: string) => line.split(/(?<!\\)\|/).length;
  for (const [position, line] of rows.entries()) {
    if (rows[position + 1]?.startsWith('| ---')) continue;
    if (line.startsWith('| ---')) expect(cells(line)).toBe(cells(rows[position - 1]));
  }
  expect(rows.length).toBeGreaterThan(10);
});

it('stays within what a CI page takes, cut at a line', () => {
  const notChecked = Array.from({ length: 8 }, () => 'x'.repeat(5_000));
  const checks = Array.from({ length: 2_000 }, (_, n) =>
    checkOf(`c${n}`, { ...invalidOf({ kind: 'k', sentence: 's'.repeat(5_000), operations: [] }), notChecked }),
  );
  const text = renderMarkdown({
    history: historyOf([]),
    results: resultsOf({ outcome: 'invalid', sentence: 'x'.repeat(2e6), checks }),
  });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_MARKDOWN_BYTES);
  expect(text).toContain('Cut here');
});
