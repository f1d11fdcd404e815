/** The program behind {@link startGuard}: waits for the end of its input and then removes the run given as argument. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from './engine.js';
import { DISMISSAL } from './guard.js';
import { removeRun } from './janitor.js';

// Ctrl-C and a closed terminal are the harness' business.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);

let heard = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => (heard += text));
process.stdin.once('close', () => void (heard === DISMISSAL ? process.exit(0) : takeDown()));

/** Several times: the engine may still be making what the harness asked for just before it died. */
async function takeDown(): Promise<never> {
  const runId = process.argv[2];
  for (let attempt = 0; runId && attempt < 5; attempt++) {
    await connect()
      .then((engine) => removeRun(engine, runId))
      .catch(() => undefined);
    await sleep(1_000);
  }
  process.exit(0);
}
