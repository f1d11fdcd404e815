import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsOf } from '../harness/run/groups.js';
import type { EventInput } from '../harness/history/builder.js';
import type { Json } from '../harness/history/operation.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { page } from './page.js';
import { renderTerminal } from './terminal.js';
import { checkOf, historyOf, invalidOf, planOf, resultsOf, VALID } from './testing/runs.js';
import { schemaErrors } from './testing/xsd.js';
import { viewOf } from './view.js';
import { PROPERTY_RUNS } from '../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
const ASSETS = { script: 'let a = 1;', siteScript: '', style: '' };

const awkward = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    ...['', '</script><script>alert(1)</script>', '<!--', ']]>', '\u0000\u001b[31m', '\ud800', '\udc00x', '\ufffe'],
    ...['\u202e001', '&amp;"\'<', '|`*_@all', '__proto__', 'constructor', '\r\n\t', 'n'.repeat(5_000), '5', '-0'],
  ),
);
/** Values as clients answer them, typed EDN values as readers keep them included. */
const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) as fc.Arbitrary<Json> },
  fc.constantFrom<Json>(null, [], {}, [null], [[[[[[null]]]]]], -0, 1e308, Number.MAX_SAFE_INTEGER, 0.1),
  awkward,
  awkward.map((text): Json => ({ $keyword: text })),
  fc.bigInt().map((integer): Json => ({ $integer: String(integer) })),
  fc.tuple(awkward, awkward).map(([f, key]): Json => [
    [f, key, null],
    ['r', null, [f]],
  ]),
);
const type = fc.constantFrom('ok' as const, 'fail' as const, 'info' as const);
const operation = fc.record({
  f: awkward,
  asked: value,
  answer: value,
  key: awkward,
  node: awkward,
  type,
  error: awkward,
});

function eventsOf(operations: readonly (typeof operation extends fc.Arbitrary<infer T> ? T : never)[]): EventInput[] {
  return operations.flatMap(({ f, asked, answer, key, node, type: outcome, error }, process): EventInput[] => [
    { process, type: 'invoke', f, value: asked, key, node },
    { process, type: outcome, f, value: answer, key, node, ...(outcome !== 'ok' && { error }) },
  ]);
}

const run = fc.record({
  operations: fc.array(operation, { maxLength: 6 }),
  words: awkward,
  detail: value,
  name: awkward,
});

function inputOf({ operations, words, detail, name }: typeof run extends fc.Arbitrary<infer T> ? T : never) {
  const history = historyOf(eventsOf(operations));
  const found = { kind: name, sentence: words, operations: operations.map((_, i) => i * 2), explanation: [words] };
  const details = { strongest: detail, not: detail, alsoNot: detail, weaker: detail, survival: detail, [name]: detail };
  const invalid = invalidOf({ ...found, details, rulesOut: [words] }, { ...found, drawing: { kind: 'lanes' } });
  const checks = [
    checkOf(name, { ...invalid, details }, { workload: name }),
    checkOf(name, { ...VALID, validity: 'unknown', reason: words, details, notChecked: [words] }),
    checkOf(name, { ...VALID, details, checked: [words] }),
  ];
  const errors = [{ code: name, count: 1, example: words }];
  const told = {
    outcome: 'invalid',
    sentence: words,
    checks,
    errors,
    notes: [words],
    groups: groupsOf(checks, history),
  };
  return { plan: planOf({ command: words }), history, results: resultsOf(told as Parameters<typeof resultsOf>[0]) };
}

function expectHarmless(input: ReturnType<typeof inputOf>): string {
  const terminal = renderTerminal(input, { width: 100, color: 'off', paths: {} });
  // eslint-disable-next-line no-control-regex
  expect(terminal).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(renderMarkdown(input)).not.toBe('');
  const html = page(viewOf(input), ASSETS);
  // One script of ours and two blocks of data; whatever was answered opens no other, and carries no handler.
  expect(html.match(/<script/g)).toHaveLength(3);
  expect(html.match(/<\/script>/g)).toHaveLength(3);
  expect(html).toContain("default-src 'none'");
  return renderJunit(input);
}

describe('whatever a client or database answers', () => {
  it('every report is written, and none obeys it', () => {
    fc.assert(
      fc.property(run, (drawn) => {
        const xml = expectHarmless(inputOf(drawn));
        // eslint-disable-next-line no-control-regex
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      }),
      { numRuns: RUNS },
    );
  });

  it('the XML is valid by the schema of CI servers', async () => {
    const drawn = fc.sample(run, { numRuns: 10, seed: 7 });
    for (const each of drawn) expect(await schemaErrors(renderJunit(inputOf(each)))).toEqual([]);
  });

  it('a megabyte in one value, a thousand levels deep, or numbers for names', async () => {
    const deep = Array.from({ length: 1_000 }).reduce<Json>((inner) => [inner], null);
    const answers: readonly Json[] = ['x'.repeat(1 << 20), deep, { ['k'.repeat(1 << 20)]: null }, null];
    const operations = answers.map((answer, i) => ({
      ...{ f: 'read', asked: null, answer, key: `${i}`, node: String(i), type: 'ok' as const, error: '' },
    }));
    const input = inputOf({ operations, words: 'w'.repeat(1 << 20), detail: answers[0], name: '7' });
    expect(await schemaErrors(expectHarmless(input))).toEqual([]);
  });
});
