import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../harness/history/formats/read.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';
import { UNLIMITED } from '../checker.js';
import { listAppend, rwRegister } from '../cycles/cycles.js';

const corpus = fileURLToPath(new URL('../corpus/', import.meta.url));
const files = readdirSync(corpus).filter((file) => /^(la|rw)-.+\.jsonl$/.test(file));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-lines-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every event with its place among the lines as its index. */
function numbered(file: string): readonly string[] {
  const lines = readFileSync(join(corpus, file), 'utf8').trim().split('\n');
  return lines.map((line, index) => JSON.stringify({ ...(JSON.parse(line) as object), index }));
}

async function judged(file: string, lines: readonly string[]) {
  const path = join(folder, 'history.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { history } = await readHistory(path);
  const checker = file.startsWith('la-') ? listAppend : rwRegister;
  const consistency = file.includes('-process') ? 'strong-session-serializable' : 'strict-serializable';
  const context = { budget: UNLIMITED, consistency, options: { initialState: 'empty' } };
  const { validity, anomalies } = await checker.check(history, context);
  return { validity, kinds: anomalies.map(({ kind }) => kind) };
}

describe('a history whose events have indices', () => {
  it('is judged the same in whatever order its lines stand', async () => {
    const histories = fc.constantFrom(...files).chain((file) => {
      const lines = numbered(file);
      const order = fc.shuffledSubarray([...lines], { minLength: lines.length, maxLength: lines.length });
      return fc.record({ file: fc.constant(file), lines: fc.constant(lines), shuffled: order });
    });
    await fc.assert(
      fc.asyncProperty(histories, async ({ file, lines, shuffled }) => {
        expect(await judged(file, shuffled)).toEqual(await judged(file, lines));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
