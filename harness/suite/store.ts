import { appendFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { type Attempt, type Suite, SUITE_FORMAT_VERSION, type SuiteResults } from './suite.js';

/** A suite as it was begun: suite-plan.json. */
export interface SuitePlan {
  readonly formatVersion: number;
  readonly suiteId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** `2/5`, where only a part of the file's cells is run here. */
  readonly shard?: string;
  readonly suite: Suite;
}

/**
 * A suite's directory: its plan, a line for every attempt as soon as it ended, the run directories, the results. What
 * was recorded when the machine went down is all that a resumed suite needs.
 */
export class SuiteStore {
  constructor(readonly directory: string) {}

  get planPath(): string {
    return join(this.directory, 'suite-plan.json');
  }
  get attemptsPath(): string {
    return join(this.directory, 'attempts.jsonl');
  }
  get resultsPath(): string {
    return join(this.directory, 'suite.json');
  }

  async begin(plan: SuitePlan): Promise<void> {
    await mkdir(this.directory, { recursive: true }).catch((error: unknown) => {
      throw new UserError(`${this.directory}: cannot be made: ${messageOf(error)}`, EXIT.harnessError);
    });
    await save(this.planPath, plan);
  }

  async loadPlan(): Promise<SuitePlan> {
    const plan = await load<SuitePlan>(this.planPath);
    if (plan?.formatVersion === SUITE_FORMAT_VERSION) return plan;
    const why = plan === undefined ? 'is missing or damaged' : `has format ${plan.formatVersion}`;
    throw new UserError(`${this.planPath} ${why}: name the directory of a suite that this Faultline began`);
  }

  async record(attempt: Attempt): Promise<void> {
    await appendFile(this.attemptsPath, `${JSON.stringify(attempt)}\n`, { flush: true });
  }

  /** Attempts that ended; a torn last line is that of an attempt that did not. */
  async loadAttempts(): Promise<readonly Attempt[]> {
    const text = await readFile(this.attemptsPath, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Attempt];
      } catch {
        return [];
      }
    });
  }

  saveResults(results: SuiteResults): Promise<void> {
    return save(this.resultsPath, results);
  }

  async isFinished(): Promise<boolean> {
    return (await load(this.resultsPath)) !== undefined;
  }
}

/** The directory of the last suite of this name that was begun and not finished. */
export async function unfinishedSuite(root: string, name: string): Promise<string | undefined> {
  const names = await readdir(root).catch((): string[] => []);
  for (const each of names
    .filter((entry) => entry.includes(`-suite-${name}-`))
    .sort()
    .reverse()) {
    const store = new SuiteStore(join(root, each));
    if (!(await store.isFinished()) && (await load(store.planPath)) !== undefined) return store.directory;
  }
  return undefined;
}

async function save(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`, { flush: true });
  await rename(`${path}.tmp`, path);
}

async function load<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
