import type { ReportInput } from '../../reports/report.js';
import { renderTerminal } from '../../reports/terminal.js';
import { EXIT, type ExitCode } from '../kit/errors.js';
import type { Outcome } from '../run/plan.js';

export function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome) {
    case 'valid':
      return EXIT.valid;
    case 'invalid':
      return EXIT.invalid;
    case 'inconclusive':
      return EXIT.inconclusive;
    case 'harness-error':
      return EXIT.harnessError;
  }
}

/** The verdict on standard output: what a script may pipe, and what a person reads last. */
export function printVerdict(input: ReportInput, paths: Readonly<Record<string, string>>): void {
  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? 'on' : 'off';
  console.log(renderTerminal(input, { width: Math.min(140, process.stdout.columns ?? 100), color, paths }));
}
