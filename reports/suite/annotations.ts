import type { SuiteResults } from '../../harness/suite/suite.js';
import { inline } from '../text.js';

/** GitHub shows ten of a kind a step; more would only be noise in its log. */
const MAX_ANNOTATIONS = 30;

/**
 * Workflow commands that GitHub turns into annotations at the suite file's lines: an error for what is violated, a
 * warning for what came to no verdict.
 */
export function annotations({ cells }: SuiteResults): readonly string[] {
  return cells
    .filter(({ asExpected }) => !asExpected)
    .sort((a, b) => Number(b.outcome === 'invalid') - Number(a.outcome === 'invalid'))
    .slice(0, MAX_ANNOTATIONS)
    .map(({ cell, outcome, sentence }) => {
      const [, file = cell.source, line = '1'] = /^(.*):(\d+)$/.exec(cell.source) ?? [];
      const level = outcome === 'invalid' || outcome === 'harness-error' ? 'error' : 'warning';
      const title = property(`${outcome}: ${cell.id}`);
      return `::${level} file=${property(file)},line=${line},title=${title}::${data(inline(sentence, 1_000))}`;
    });
}

/** In a command's text percent signs and line ends have to be escaped, in a property commas and colons too. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(inline(text, 300)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
