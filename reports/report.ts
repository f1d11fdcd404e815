import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAssets } from './client/assets.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { page } from './page.js';
import { viewOf, type ReportInput } from './view.js';

export { firstViolationTime, type ReportInput } from './view.js';

/** Paths of what {@link writeReports} wrote. */
export interface WrittenReports {
  readonly html: string;
  readonly junit: string;
  readonly markdown: string;
}

/** One self-contained HTML page: opens from `file://`, makes no request, runs nothing but its own script. */
export async function renderReport(input: ReportInput): Promise<string> {
  return page(viewOf(input), await loadAssets());
}

/** Writes `report.html`, `junit.xml` and `summary.md` into a directory; each appears whole or not at all. */
export async function writeReports(directory: string, input: ReportInput): Promise<WrittenReports> {
  await mkdir(directory, { recursive: true });
  const write = async (name: string, text: string) => {
    const path = join(directory, name);
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
    return path;
  };
  // The small ones first: they say the verdict even where the disk is too full for the page.
  const markdown = await write('summary.md', renderMarkdown(input));
  const junit = await write('junit.xml', renderJunit(input));
  return { html: await write('report.html', await renderReport(input)), junit, markdown };
}
