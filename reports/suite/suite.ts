import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteResults } from '../../harness/suite/suite.js';
import { loadAssets } from '../client/assets.js';
import { renderSuiteJunit } from './junit.js';
import { renderSuiteMarkdown } from './markdown.js';
import { suitePage } from './page.js';

export { annotations } from './annotations.js';

/** Writes index.html, junit.xml and summary.md into a suite's directory; each appears whole or not at all. */
export async function writeSuiteReports(
  directory: string,
  results: SuiteResults,
): Promise<Readonly<Record<string, string>>> {
  const write = async (name: string, text: string) => {
    const path = join(directory, name);
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
    return path;
  };
  return {
    summary: await write('summary.md', renderSuiteMarkdown(results)),
    junit: await write('junit.xml', renderSuiteJunit(results)),
    index: await write('index.html', suitePage(results, await loadAssets())),
  };
}

/** Where GitHub collects summaries of a job's steps, as it names that file to the step. */
export async function addStepSummary(file: string, results: SuiteResults): Promise<void> {
  await appendFile(file, renderSuiteMarkdown(results));
}
