import { describe, expect, it } from 'vitest';
import { UNLIMITED, type Checker, type Verdict } from '../../checkers/checker.js';
import { uniqueIds } from '../../checkers/unique-ids.js';
import { historyOf } from '../history/builder.js';
import { proveAnew } from './build-verdict.js';
import { runCheck } from './run-check.js';

const context = { budget: UNLIMITED, options: {} };
const history = historyOf(
  [5, 5, 6].flatMap((value, process) => [
    { process, type: 'invoke', f: 'generate' } as const,
    { process, type: 'ok', f: 'generate', value } as const,
  ]),
);

describe('proving the anomalies of a verdict anew', () => {
  it('says of each that it was proven, from no more than that takes', async () => {
    const verdict = await runCheck({ checker: uniqueIds, history, context });
    expect(verdict).toMatchObject({ validity: 'invalid', anomalies: [{ proven: true, operations: [0, 1, 2, 3] }] });
  });

  it('leaves the verdict to the checker where nothing proves it', async () => {
    const anomalies = [{ kind: 'duplicate-id', sentence: 'No.', operations: [2, 3, 4, 5] }] as const;
    const judged: Verdict = { validity: 'invalid', anomalies, details: {}, checked: [], notChecked: [] };
    const checker: Checker = { ...uniqueIds, check: () => judged };
    const verdict = await runCheck({ checker, history, context });
    expect(verdict).toMatchObject({ validity: 'invalid', anomalies: [{ proven: false, operations: [2, 3, 4, 5] }] });
    expect(verdict.anomalies[0].unproven).toBeTruthy();
  });

  it('proves nothing across a restore', async () => {
    const judged = await uniqueIds.check(history, context);
    const restores = [{}] as unknown as Parameters<typeof proveAnew>[4];
    expect(proveAnew(judged, uniqueIds, history, context, restores).anomalies[0]).toMatchObject({ proven: false });
  });
});
