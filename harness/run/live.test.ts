import { afterEach, expect, it } from 'vitest';
import { watchInChild } from './live.js';
import { runTest } from './run.js';
import type { RunStatus } from './status.js';
import { memoryRun, removeRuns } from './testing/world.js';

afterEach(removeRuns);

const registry = new URL('./testing/registry.ts', import.meta.url);

/** Runs in real time until an anomaly shows, or for so long. */
async function firstSight(loseWrites: boolean, timeLimitMs: number): Promise<RunStatus | undefined> {
  const controller = new AbortController();
  const request = await memoryRun({ trouble: { loseWrites }, planned: { timeLimitMs }, signal: controller.signal });
  let sight: RunStatus | undefined;
  await runTest({
    ...request,
    watch: (store) => watchInChild(store, { registry, everyMs: 50, execArgv: ['--import', 'tsx'] }),
    onStatus: (status) => {
      if (status.anomalies === 0 || status.phase === 'check') return;
      sight ??= status;
      controller.abort();
    },
  });
  return sight;
}

it('anomalies show while the run goes on', async () => {
  expect(await firstSight(true, 60_000)).toMatchObject({ phase: 'faults' });
});

it('no anomaly shows where there is none', async () => {
  expect(await firstSight(false, 3000)).toBeUndefined();
});
