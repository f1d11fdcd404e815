import type { Duplex } from 'node:stream';
import { bounded } from '../wait.js';
import type { Container } from './engine.js';

/** A container that ends when its lifeline is cut. */
export interface Held {
  readonly container: Container;
  readonly lifeline: Duplex;
}

/** Of a container to be held: its main process reads standard input, which one client holds. */
export const HELD = {
  OpenStdin: true,
  StdinOnce: true,
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
} as const;

const TIMEOUT_MS = 30_000;
const GREETING_TIMEOUT_MS = 10_000;

/**
 * The dead-man's switch: starts a created container whose main process reads the standard input attached here and ends
 * when it closes. Attached before the start, so that there is no moment at which it runs and nobody holds it (an engine
 * delivers the end of an input that closed before the start, too). Resolves when it says `ready`.
 */
export async function holding(container: Container, what: string): Promise<Held> {
  const lifeline = (await bounded(
    container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true }),
    TIMEOUT_MS,
    what,
  )) as Duplex;
  const greeting = waitForGreeting(lifeline);
  // It may be rejected before anybody waits for it, when the start itself fails.
  greeting.catch(() => undefined);
  try {
    await bounded(container.start(), TIMEOUT_MS, what);
    await bounded(greeting, GREETING_TIMEOUT_MS, what);
    return { container, lifeline };
  } catch (error) {
    lifeline.destroy();
    throw error;
  }
}

/** Resolves when the container says that it is ready; rejects with what it said when it ended instead. */
function waitForGreeting(lifeline: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    lifeline.on('data', (chunk: Buffer) => {
      // Output comes in frames with an 8-byte header each; only the printable text matters here.
      said = (said + chunk.toString('latin1').replace(/[^\x20-\x7e\n]/g, '')).slice(-2_000);
      if (/(^|\s)ready\n/.test(said)) resolve();
    });
    lifeline.once('close', () => reject(new Error(`the sandbox ended: ${said.trim() || 'no output'}`)));
    lifeline.once('end', () => reject(new Error(`the sandbox ended: ${said.trim() || 'no output'}`)));
    // A broken stream is an ended sandbox; without a listener it would take the harness down.
    lifeline.on('error', reject);
  });
}
