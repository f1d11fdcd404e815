import { TimeoutError } from '../wait.js';
import type { Container } from './engine.js';
import { exec } from './exec.js';

const EVERY_MS = 2_000;
const LOOK_MS = 5_000;
/** A container that could not be used so many times in a row is taken for lost. */
const MISSES = 2;

/** Looks at a container again and again. */
export interface Watch {
  stop(): void;
}

/**
 * Calls `lost` once a container no longer runs commands: it was killed. One whose processes cannot die, because a file
 * system is frozen under them or they are, still counts as running for the engine, and its streams stay open, so that a
 * command is tried. Mere slowness is no loss.
 */
export function watchContainer(container: Container, lost: () => void): Watch {
  let misses = 0;
  let stopped = false;
  let timer: NodeJS.Timeout;
  const look = async () => {
    misses = (await canRun(container)) ? 0 : misses + 1;
    if (stopped) return;
    if (misses >= MISSES) lost();
    else again();
  };
  const again = () => {
    timer = setTimeout(() => void look(), EVERY_MS);
    timer.unref();
  };
  again();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Whether a command runs in a container, or might: slowness is no refusal. */
export async function canRun(container: Container): Promise<boolean> {
  try {
    return (await exec(container, ['true'], LOOK_MS)).exitCode === 0;
  } catch (error) {
    return error instanceof TimeoutError;
  }
}
