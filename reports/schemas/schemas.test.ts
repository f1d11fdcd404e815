import { readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { resultOf } from '../../harness/suite/outcome.js';
import { hostileRun } from '../testing/hostile-run.js';
import { invalidRun } from '../testing/invalid-runs.js';
import { validRun } from '../testing/valid-run.js';
import { attemptOf, cellOf, suiteOf } from '../testing/suites.js';
import { jsonSchemaOf, PUBLISHED } from './schemas.js';

const names = Object.keys(PUBLISHED) as (keyof typeof PUBLISHED)[];
const validator = (name: keyof typeof PUBLISHED) => new Ajv2020({ strict: false }).compile(jsonSchemaOf(name));
/** As it is on the disk: what is undefined is not there. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(names)('the published schema of %s.json', (name) => {
  const file = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url);

  it('is what the code says (after a change: UPDATE_SCHEMAS=1 npx vitest run reports/schemas)', async () => {
    const options = await prettier.resolveConfig(file);
    const text = await prettier.format(JSON.stringify(jsonSchemaOf(name)), { ...options, parser: 'json' });
    if (process.env['UPDATE_SCHEMAS'] === '1') await writeFile(file, text);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('refuses what is no such file', () => {
    const validate = validator(name);
    expect(validate({})).toBe(false);
    expect(validate([])).toBe(false);
  });
});

describe('what is written', () => {
  it.each([
    ['a valid run', () => validRun(500)],
    ['violations', () => invalidRun(500)],
    ['hostile values', hostileRun],
  ])('is valid by its schema: %s', (_, make) => {
    const { plan, results } = make();
    const [ofPlan, ofResults] = [validator('plan'), validator('results')];
    expect(ofPlan(stored(plan)), JSON.stringify(ofPlan.errors)).toBe(true);
    expect(ofResults(stored(results)), JSON.stringify(ofResults.errors)).toBe(true);
    expect(ofResults(stored({ ...results, outcome: 'fine' }))).toBe(false);
  });

  it('is valid by its schema: a suite', () => {
    const validate = validator('suite');
    const check = { checker: 'a', required: true, validity: 'valid', kinds: [], durationMs: 1 } as const;
    const cells = [resultOf(cellOf('a'), [attemptOf('a', 'valid', [check])]), resultOf(cellOf('b'), [])];
    expect(validate(stored(suiteOf(cells))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(stored({ ...suiteOf(cells), claims: [{ runs: -1 }] }))).toBe(false);
  });

  it('a violation without a witness is no verdict', () => {
    const { results } = invalidRun(500);
    const bad = results.checks.map((check) => ({
      ...check,
      verdict: { ...check.verdict, validity: 'invalid', anomalies: [] },
    }));
    expect(validator('results')(stored({ ...results, checks: bad }))).toBe(false);
  });
});
