// The whole proof, from a fresh clone: set-up, lint, types, then unit, Docker and browser tests. Arguments go to
// vitest (`npm test -- checkers`) and leave out lint and types.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root, run } from './prepare.mjs';

const filters = process.argv.slice(2);
const bin = (name) => join(root, 'node_modules', '.bin', name);
const outputs = mkdtempSync(join(tmpdir(), 'faultline-tests-'));

prepare();
// The systems that Docker tests launch; images of the others are built by whoever tests them.
const systems = ['etcd', 'postgres', 'mariadb', 'patroni'];
run(process.execPath, [join(root, 'dist', 'harness', 'cli', 'main.js'), 'setup', ...systems, '--browser']);
if (filters.length === 0) {
  run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']);
  run(bin('eslint'), ['.']);
  run(bin('prettier'), ['--check', '--log-level', 'warn', '.']);
}

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const project of ['unit', 'docker', 'browser']) {
  const output = join(outputs, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const args = ['run', '--project', project, '--passWithNoTests', ...reporters, ...filters];
  const { status } = spawnSync(bin('vitest'), args, { cwd: root, stdio: 'inherit' });
  const counts = countsOf(output);
  totals.passed += counts.numPassedTests;
  totals.skipped += counts.numPendingTests + counts.numTodoTests;
  // A suite that breaks before its first test fails no test; the exit status still says so.
  totals.failed += Math.max(counts.numFailedTests, status === 0 ? 0 : 1);
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

function countsOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
  }
}
