import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('a harness that is killed with -9 loses the last 100 ms of its journal at most', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'faultline-killed-'));
  const [journal, truth] = [join(directory, 'history.jsonl'), join(directory, 'truth')];
  const script = fileURLToPath(new URL('./testing/endless-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, journal, truth], { stdio: 'inherit' });
  try {
    const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
    await expect.poll(() => lines(truth).length, { timeout: 60_000 }).toBeGreaterThan(1000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [recorded, happened] = [lines(journal), lines(truth)];
    const last = JSON.parse(recorded.at(-2)!) as { index: number; time: number };
    const [lastIndex, lastTime] = happened.at(-2)!.split(' ').map(Number);
    expect(last.index).toBe(recorded.length - 2);
    expect(lastIndex).toBeGreaterThanOrEqual(last.index);
    expect(lastTime - last.time).toBeLessThan(100e6);
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
