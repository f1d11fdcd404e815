import Docker from 'dockerode';
import { EXIT, messageOf, UserError } from '../../harness/kit/errors.js';
import { bounded } from '../wait.js';

/** A connection to the Docker Engine. No API version is pinned: the engine answers in its own. */
export type Engine = Docker;
export type Container = Docker.Container;

export type Reach =
  | { readonly kind: 'up'; readonly engine: Engine; readonly version: string; readonly apiVersion: string }
  /** Nothing listens. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** Something listens, and this user may not talk to it. */
  | { readonly kind: 'forbidden'; readonly reason: string };

/** Whether an engine answers, at DOCKER_HOST or the default socket. Never throws. */
export async function reach(): Promise<Reach> {
  try {
    const engine = new Docker();
    const { Version, ApiVersion } = await bounded(engine.version(), 5_000, 'Docker Engine');
    return { kind: 'up', engine, version: Version, apiVersion: ApiVersion };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const kind = code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'absent';
    return { kind, reason: messageOf(error) };
  }
}

/** Connects to the engine; a {@link UserError} (exit 255) says what to do when none answers. */
export async function connect(): Promise<Engine> {
  const found = await reach();
  if (found.kind === 'up') return found.engine;
  throw new UserError(whatToDo(found), EXIT.harnessError);
}

export function whatToDo(found: Exclude<Reach, { kind: 'up' }>): string {
  if (found.kind === 'forbidden') {
    return `No permission to talk to the Docker Engine (${found.reason}): run as root, or join the group docker and log in again.`;
  }
  const where = process.env['DOCKER_HOST'] ? `at DOCKER_HOST=${process.env['DOCKER_HOST']}` : 'on this machine';
  return `No Docker Engine answers ${where} (${found.reason}): install and start one (Debian, Ubuntu: sudo apt-get install docker.io), or set DOCKER_HOST.`;
}

/** What the engine refuses (no space left, a broken storage…) is the user's to mend: the reason, after what was being done. */
export function asUserError(doing: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`${doing} failed: ${messageOf(error).replace(/\s+/g, ' ')}`, EXIT.harnessError, {
    cause: error,
  });
}

/** The HTTP status of an engine's refusal, if it is one. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** Runs `work` and takes these HTTP statuses for success: 304 already so, 404 already gone, 409 already under way. */
export async function tolerating(statuses: readonly number[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || !statuses.includes(status)) throw error;
  }
}
