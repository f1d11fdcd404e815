import type { Attempt, AttemptCheck, Cell, CellResult, SuiteResults } from '../../harness/suite/suite.js';

export function cellOf(id: string, overrides: Partial<Cell> = {}): Cell {
  const usual = { system: 'etcd', options: {}, workloads: ['register'], nemeses: ['kill'], flags: {} };
  return { id, source: 'nightly.yaml:4', ...usual, seed: 7, expect: 'valid', ...overrides };
}

export function attemptOf(cell: string, outcome: Attempt['outcome'], checks: readonly AttemptCheck[] = []): Attempt {
  return {
    cell,
    number: 1,
    outcome,
    sentence: `It came out ${outcome}.`,
    directory: `${cell}/1/run`,
    startedAt: '2026-03-02T01:02:03.000Z',
    durationMs: 61_000,
    faults: { injected: 4, effective: 4 },
    checks,
  };
}

export function suiteOf(cells: readonly CellResult[], overrides: Partial<SuiteResults> = {}): SuiteResults {
  return {
    formatVersion: 1,
    suiteId: '20260302T010203-suite-nightly-3f9a',
    name: 'nightly',
    faultlineVersion: '0.1.0',
    startedAt: '2026-03-02T01:02:03.000Z',
    endedAt: '2026-03-02T02:02:03.000Z',
    outcome: 'invalid',
    sentence: '1 of 2 cells as expected; 1 violated what they were judged for.',
    cells,
    claims: [{ configuration: 'etcd · register · kill', runs: 30, violations: 0, upperBound: 0.095 }],
    ...overrides,
  };
}
