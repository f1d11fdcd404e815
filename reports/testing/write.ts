// Writes the fixture reports to a directory, to look at them: npx tsx reports/testing/write.ts DIRECTORY
import { join } from 'node:path';
import { writeReports } from '../report.js';
import { renderTerminal } from '../terminal.js';
import { hostileRun } from './hostile-run.js';
import { bareRegister, invalidRun } from './invalid-runs.js';
import { validRun } from './valid-run.js';

const [, , directory = 'runs/fixtures'] = process.argv;
for (const [name, make] of Object.entries({
  valid: validRun,
  invalid: invalidRun,
  bare: bareRegister,
  hostile: hostileRun,
})) {
  const input = make();
  const { html } = await writeReports(join(directory, name), input);
  if (name !== 'hostile')
    process.stdout.write(`${renderTerminal(input, { width: 120, color: 'on', paths: { report: html } })}\n\n`);
}
