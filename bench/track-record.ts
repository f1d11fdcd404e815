/**
 * Repeats every finding of the track record and its control, and writes docs/track-record.md.
 * Run: npx tsx bench/track-record.ts [number…], until there are RUNS=5 of each; RUNS=0 only writes the page and the suite.
 * What was measured is kept in docs/track-record.json after every run, so that an interrupted campaign goes on where it
 * was; what was measured with another command than today's does not count. All findings have one run before any has two.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { attempt } from './track-record/attempt.js';
import { FINDINGS, type Finding } from './track-record/findings.js';
import { current, found, pageOf, type Measured } from './track-record/page.js';
import { suiteOf } from './track-record/suite.js';

const RUNS = Number(process.env['RUNS'] ?? 5);
const inDocs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
const OUT = process.env['OUT'] ?? fileURLToPath(new URL('../runs/track-record', import.meta.url));
const MEASURED = inDocs('track-record.json');

/** Numbers of findings. */
const wanted = process.argv.slice(2).map(Number);
let measured: Measured = existsSync(MEASURED) ? (JSON.parse(await readFile(MEASURED, 'utf8')) as Measured) : {};
await mkdir(OUT, { recursive: true });
for (let run = 1; run <= RUNS; run++) {
  for (const finding of FINDINGS) {
    if (wanted.length === 0 || wanted.includes(finding.number)) await upTo(run, finding);
  }
}
await writeAll();

async function upTo(run: number, finding: Finding): Promise<void> {
  for (const which of ['find', 'control'] as const) {
    const runs = current(finding, measured[finding.number]);
    if (runs[which].length >= run) continue;
    try {
      const done = await attempt(finding[which], finding.anomalies, OUT);
      measured = { ...measured, [finding.number]: { ...runs, [which]: [...runs[which], done] } };
      const hit = found(done) ? ` after ${done.firstHitMs!.toFixed(0)} ms` : '';
      console.log(`${finding.number} ${which}: ${done.outcome}${hit} [${done.kinds.join(', ')}] ${done.sentence}`);
    } catch (error) {
      // Nothing was measured: a machine that could not run it says nothing about the finding.
      console.log(`${finding.number} ${which}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await writeAll();
  }
}

async function writeAll(): Promise<void> {
  await writeFile(MEASURED, await format(JSON.stringify(measured), { parser: 'json', printWidth: 120 }));
  await writeFile(inDocs('track-record.md'), await format(pageOf(measured), { parser: 'markdown', printWidth: 120 }));
  await writeFile(inDocs('track-record.yaml'), suiteOf(FINDINGS));
}
