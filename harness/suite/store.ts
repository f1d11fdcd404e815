import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { parseStored } from '../run/stored-json.js';
import { attemptSchema, suitePlanSchema } from './schema.js';
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
    const text = await readFile(this.planPath, 'utf8').catch(() => undefined);
    const advice = 'name the directory of a suite that this Faultline began';
    if (text === undefined) throw new UserError(`${this.planPath} is missing: ${advice}`);
    const version = z.object({ formatVersion: z.number() });
    const { formatVersion } = parseStored<{ readonly formatVersion: number }>(text, this.planPath, version);
    if (formatVersion !== SUITE_FORMAT_VERSION) {
      throw new UserError(`${this.planPath} has format ${formatVersion}: ${advice}`);
    }
    return parseStored<SuitePlan>(text, this.planPath, suitePlanSchema);
  }

  /** On a line of its own, whatever a suite that was killed left of the line before. */
  async record(attempt: Attempt): Promise<void> {
    const line = `${JSON.stringify(attempt)}\n`;
    await mkdir(this.directory, { recursive: true });
    const file = await open(this.attemptsPath, 'a+');
    try {
      const { whole, torn } = splitTorn(await file.readFile('utf8'));
      if (torn !== undefined && isAttempt(torn)) await file.appendFile('\n');
      else if (torn !== undefined) await file.truncate(Buffer.byteLength(whole));
      await file.appendFile(line);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /**
   * Attempts that ended; a torn last line is that of an attempt that did not. Throws a {@link UserError} with the line of
   * the first one that is damaged: which attempts there were decides what the suite still has to run.
   */
  async loadAttempts(): Promise<readonly Attempt[]> {
    const text = await readFile(this.attemptsPath, 'utf8').catch(() => '');
    const { whole, torn } = splitTorn(text);
    const lines = whole.split('\n').slice(0, -1);
    if (torn !== undefined && isAttempt(torn)) lines.push(torn);
    return lines.map((line, at) => parseStored<Attempt>(line, this.attemptsPath, attemptSchema, at + 1));
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

/** Whole lines, and what follows the last line feed, if anything does. */
function splitTorn(text: string): { readonly whole: string; readonly torn: string | undefined } {
  const end = text.lastIndexOf('\n') + 1;
  return { whole: text.slice(0, end), torn: end < text.length ? text.slice(end) : undefined };
}

function isAttempt(line: string): boolean {
  try {
    return attemptSchema.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
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
