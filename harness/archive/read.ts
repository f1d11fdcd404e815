import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, UserError } from '../kit/errors.js';
import { RunStore } from '../run/store.js';
import { parseStored } from '../run/stored-json.js';
import type { Archive, ArchivedRun } from './archive.js';
import { METRICS_VERSION, type RunMetrics } from './metrics.js';
import { metricsSchema } from './schema.js';

/** Run directories are at most so far below the archive's: suite, cell, attempt, run. */
const MAX_DEPTH = 6;

/**
 * Reads every run below a directory, histories and logs left alone. A damaged run is a line in `troubles` and never
 * keeps the others from being shown. Throws {@link UserError} where the directory itself cannot be read.
 */
export async function readArchive(root: string): Promise<Archive> {
  const directories: string[] = [];
  await search(root, 0, directories).catch((error: unknown) => {
    throw new UserError(`${root}: cannot be read: ${messageOf(error)}; name a directory of runs`);
  });
  const troubles: string[] = [];
  const runs: ArchivedRun[] = [];
  for (const directory of directories) {
    try {
      runs.push(await readRun(directory));
    } catch (error) {
      troubles.push(messageOf(error));
    }
  }
  runs.sort((a, b) => compare(a.plan.createdAt, b.plan.createdAt) || compare(a.directory, b.directory));
  return { runs, troubles };
}

/** One run; throws {@link UserError} where its plan or its results are damaged or of another format. */
export async function readRun(directory: string): Promise<ArchivedRun> {
  const store = new RunStore(directory);
  const plan = await store.loadPlan();
  const present = new Set(await readdir(directory));
  const results = present.has('results.json') ? await store.loadResults() : undefined;
  const metrics = present.has('metrics.json') ? await readMetrics(join(directory, 'metrics.json')) : undefined;
  return { directory, plan, ...(results && { results }), ...(metrics && { metrics }) };
}

/** Numbers of another format are none; those that are damaged make the run a damaged one. */
async function readMetrics(path: string): Promise<RunMetrics | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`${path}: cannot be read: ${messageOf(error)}`);
  });
  const { version } = parseStored<{ readonly version: number }>(text, path, z.object({ version: z.number() }));
  return version === METRICS_VERSION ? parseStored<RunMetrics>(text, path, metricsSchema) : undefined;
}

async function search(directory: string, depth: number, found: string[]): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  if (entries.some((entry) => entry.name === 'plan.json' && entry.isFile())) {
    found.push(directory);
    return;
  }
  if (depth >= MAX_DEPTH) return;
  // `latest` is a link, and links are not followed: every run is found once.
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  for (const { name } of folders) await search(join(directory, name), depth + 1, found);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
