import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import type { Plan, Results } from './plan.js';
import { FORMAT_VERSION } from './plan.js';
import { planSchema } from './schemas/plan.js';
import { resultsSchema } from './schemas/results.js';
import { parseStored } from './stored-json.js';
import { unjudged } from './unjudged.js';

/** A run's directory: everything that is known of it, and all that is needed to check and show it again. */
export class RunStore {
  constructor(readonly directory: string) {}

  get planPath(): string {
    return join(this.directory, 'plan.json');
  }
  get historyPath(): string {
    return join(this.directory, 'history.jsonl');
  }
  get resultsPath(): string {
    return join(this.directory, 'results.json');
  }
  /** What was found so far, while the run goes on. */
  get livePath(): string {
    return join(this.directory, 'live.json');
  }
  get logsPath(): string {
    return join(this.directory, 'logs');
  }

  savePlan(plan: Plan): Promise<void> {
    return saveJson(this.planPath, plan);
  }

  saveResults(results: Results): Promise<void> {
    return saveJson(this.resultsPath, results);
  }

  /**
   * Results of a run that ended before it could be judged; what was found already stays. Quiet where that cannot be
   * written: the reason is on its way to the user anyhow.
   */
  async saveFailure(plan: Plan, harnessError: string): Promise<void> {
    const known = await stat(this.resultsPath).catch(() => undefined);
    if (known === undefined) await this.saveResults(unjudged(plan, harnessError)).catch(() => undefined);
  }

  /** True where nothing was recorded, or nothing is there. */
  async historyIsEmpty(): Promise<boolean> {
    return stat(this.historyPath).then(
      ({ size }) => size === 0,
      () => true,
    );
  }

  loadPlan(): Promise<Plan> {
    return loadPlan(this.planPath, 'is this a run directory of Faultline?');
  }

  loadResults(): Promise<Results> {
    const hint = `check the run first: faultline check ${this.directory}`;
    return load(this.resultsPath, hint, resultsSchema);
  }
}

/** Reads a plan; `hint` says what to do where there is none. */
export function loadPlan(path: string, hint: string): Promise<Plan> {
  return load(path, hint, planSchema);
}

/** `20261120T101236-etcd-3f9a1c`: sorts by time, and is unique enough to name containers by. */
export function newRunId(system: string, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  return `${time}-${system}-${randomBytes(3).toString('hex')}`;
}

/** Makes `<root>/<runId>/` and points `<root>/latest` to it. */
export async function createRun(root: string, runId: string): Promise<RunStore> {
  const directory = join(root, runId);
  try {
    await mkdir(root, { recursive: true });
    await mkdir(directory);
  } catch (error) {
    throw new UserError(
      `${directory}: cannot make the run directory: ${messageOf(error)}; choose a writable place`,
      EXIT.harnessError,
      { cause: error },
    );
  }
  await pointLatest(root, runId);
  return new RunStore(directory);
}

/** A convenience: where links are not to be had, the run goes on without. */
async function pointLatest(root: string, runId: string): Promise<void> {
  const temporary = join(root, `.latest-${runId}`);
  try {
    await symlink(runId, temporary);
    await rename(temporary, join(root, 'latest'));
  } catch {
    await rm(temporary, { force: true });
  }
}

/**
 * Written beside and renamed, so that a reader sees the old text or the new, never half of one; forced to the disk before
 * it takes the name, or a machine that fails could leave the name without the text.
 */
export async function saveJson(path: string, value: unknown, { open, rename }: FileSystem = DISK): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    const remedy = full ? 'no space left on the disk: free some' : `${messageOf(error)}; make it writable`;
    throw new UserError(`${path}: cannot be written: ${remedy}`, EXIT.harnessError, { cause: error });
  }
}

/** What {@link saveJson} needs of a file system. */
export interface FileSystem {
  open(path: string, flags: 'w'): Promise<Pick<FileHandle, 'writeFile' | 'sync' | 'close'>>;
  rename(from: string, to: string): Promise<void>;
}

const DISK: FileSystem = { open, rename };

async function load<T>(path: string, hint: string, schema: z.ZodType): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(missing ? `${path} is missing: ${hint}` : `${path}: ${messageOf(error)}`, undefined, {
      cause: error,
    });
  }
  return parseStored<T>(text, path, z.unknown().superRefine(ofThisVersion(path)).pipe(schema));
}

/** Refuses what another version wrote, before anything else of it is looked at. */
function ofThisVersion(path: string): (value: unknown) => void {
  return (value) => {
    const record = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
    const { formatVersion, faultlineVersion } = record;
    if (typeof formatVersion !== 'number' || formatVersion === FORMAT_VERSION) return;
    const writer = typeof faultlineVersion === 'string' ? ` (${faultlineVersion.slice(0, 60)})` : '';
    throw new UserError(
      `${path} has format ${formatVersion}, this Faultline reads ${FORMAT_VERSION}: use the Faultline that wrote it${writer}`,
    );
  };
}
