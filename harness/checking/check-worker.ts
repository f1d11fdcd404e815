import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, UserError } from '../kit/errors.js';
import { buildVerdict, proveAnew } from './build-verdict.js';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.js';
import { unpackHistory } from './portable-history.js';
import type { Resolver } from './source.js';

const { resolver } = workerData as WorkerSettings;
const { checkerOf } = (await import(resolver)) as Resolver;
let cancellation = new AbortController();

parentPort?.on('message', (message: ToWorker) => {
  if (message.what === 'cancel') cancellation.abort();
  else void check(message).then(say, (error: unknown) => say(failure(error)));
});
say({ what: 'ready' });

async function check(asked: Extract<ToWorker, { readonly what: 'check' }>): Promise<FromWorker> {
  cancellation = new AbortController();
  const checker = await checkerOf(asked.source);
  const context = {
    ...asked.context,
    signal: cancellation.signal,
    certain: (anomaly: Extract<FromWorker, { readonly what: 'certain' }>['anomaly']) =>
      say({ what: 'certain', anomaly }),
    progress: (line: string) => say({ what: 'progress', line }),
  };
  const history = unpackHistory(asked.history);
  const verdict = await buildVerdict(checker, history, context, asked.restores);
  if (verdict.anomalies.length === 0) return { what: 'verdict', verdict };
  say({ what: 'judged', verdict });
  return { what: 'verdict', verdict: proveAnew(verdict, checker, history, context, asked.restores) };
}

function failure(error: unknown): FromWorker {
  return {
    what: 'failed',
    message: messageOf(error),
    ...(error instanceof UserError && { exitCode: error.exitCode }),
    ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }),
  };
}

function say(message: FromWorker): void {
  parentPort?.postMessage(message);
}
