import { stringify } from 'yaml';
import type { Finding, Trial } from './findings.js';

/** The suite of the findings that take too long for every CI run, each with its control. */
export function suiteOf(findings: readonly Finding[]): string {
  const cells = findings
    .filter(({ pace }) => pace === 'long')
    .flatMap(({ find, control }) => [cellOf(find, 'invalid'), cellOf(control, 'valid')]);
  return `# Made by bench/track-record.ts. Run it: faultline suite docs/track-record.yaml\n${stringify({
    name: 'track-record',
    budget: '2h',
    parallel: 1,
    attempts: 2,
    cells,
  })}`;
}

function cellOf({ system, workload, nemesis, set, flags }: Trial, expect: 'valid' | 'invalid') {
  return { system, options: [set], workloads: [workload], nemeses: [nemesis ?? 'none'], expect, test: flags };
}
