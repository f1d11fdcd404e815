import pc from 'picocolors';
import type { Anomaly, Budget } from '../../checkers/checker.js';
import { CheckThread } from '../checking/check-thread.js';
import { EXIT, messageOf } from '../kit/errors.js';
import type { Display } from './display.js';

/** Where threads find checkers: from sources or from dist/, like this file. */
const RESOLVER = new URL(import.meta.url.endsWith('.ts') ? '../checker-of.ts' : '../checker-of.js', import.meta.url);

/** A thread for the checkers of the registry, in which no check can overrun its budget. */
export function checkThread({ memoryBytes }: Budget): CheckThread {
  return new CheckThread({ resolver: RESOLVER, memoryBytes });
}

/** Prints a violation as soon as it is certain; the verdict follows when everything was checked. */
export function tellCertain(display: Display): (anomaly: Anomaly, workload?: string) => void {
  const told = new Set<string>();
  return ({ sentence }, workload) => {
    if (told.has(sentence)) return;
    told.add(sentence);
    const where = workload === undefined ? '' : `${workload}: `;
    display.log(`${pc.red('✗')} a violation, before everything is checked: ${where}${sentence}`);
  };
}

/** Ctrl-C, the end of the terminal, and what asks a process to end. */
export const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** An interruption stops the judging, and what is known by then is reported. A second one leaves at once. */
export function stopJudging(display: Display): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    const again = controller.signal.aborted;
    // A closed terminal tells its processes more than once.
    if (again && name === 'SIGHUP') return;
    if (again) process.exit(EXIT.harnessError);
    display.log(`${pc.yellow('!')} interrupted: reporting what is known so far (again to leave at once)`);
    controller.abort();
  };
  for (const name of INTERRUPTS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of INTERRUPTS) process.off(name, onSignal);
    },
  };
}

/** Does something that must not cost the verdict: where it fails, that is said and everything goes on. */
export async function attempt<T>(display: Display, otherwise: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    display.log(`${pc.yellow('!')} ${otherwise}: ${messageOf(error)}`);
    return undefined;
  }
}
