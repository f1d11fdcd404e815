import type { CellOutcome, SuiteResults } from '../../harness/suite/suite.js';
import { code, cutToSize, escape, table } from '../markdown.js';
import { plural } from '../text.js';
import { claimSentence } from './claim.js';
import { faultsText } from './faults.js';

const MARKS: Readonly<Record<CellOutcome, string>> = {
  valid: '✅ valid',
  invalid: '❌ invalid',
  inconclusive: '❓ inconclusive',
  'harness-error': '🛠 harness error',
  'not-run': '⏸ not run',
};
/** Cells that are as expected are told apart only up to so many; the page has all of them. */
const MAX_ROWS = 400;
const MAX_CLAIMS = 100;

/** A summary for a CI page: what is wrong first, then every cell, then what the numbers allow one to claim. */
export function renderSuiteMarkdown(results: SuiteResults): string {
  const shard = results.shard === undefined ? '' : `, shard ${results.shard}`;
  const title = `## ${MARKS[results.outcome]}: suite ${escape(results.name)}${shard}`;
  const blocks = [title, escape(results.sentence, 600), surprises(results), cells(results), claims(results)];
  return cutToSize(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

function surprises({ cells }: SuiteResults): string {
  const rows = cells.filter(({ asExpected }) => !asExpected && cells.length > 0);
  const lines = rows.slice(0, 50).map((result) => {
    const seen = result.outcome === 'valid' ? 'valid, though it is there to show a weakness' : MARKS[result.outcome];
    return `- **${escape(result.cell.id)}**: ${seen}: ${escape(result.sentence, 500)}`;
  });
  const more = rows.length > 50 ? [`- ${plural(rows.length - 50, 'more cell')} below.`] : [];
  return lines.length === 0 ? '' : ['### Not as expected', '', ...lines, ...more].join('\n');
}

function cells({ cells: all }: SuiteResults): string {
  const rows = all
    .slice(0, MAX_ROWS)
    .map((result) => [
      escape(result.cell.id),
      `${MARKS[result.outcome]}${result.outcome === 'invalid' && result.asExpected ? ' (known)' : ''}`,
      String(result.attempts.length),
      escape(faultsText(result.attempts), 200),
      String(result.cell.seed),
      result.attempts.at(-1)?.directory === undefined ? '' : code(result.attempts.at(-1)!.directory!),
    ]);
  const more = all.length > MAX_ROWS ? `\n\n${plural(all.length - MAX_ROWS, 'more cell')} in index.html.` : '';
  return `### Cells\n\n${table(['Cell', 'Outcome', 'Attempts', 'Faults that bit', 'Seed', 'Run'], rows)}${more}`;
}

function claims({ claims: all }: SuiteResults): string {
  if (all.length === 0) return '';
  const rows = all
    .slice(0, MAX_CLAIMS)
    .map((claim) => [escape(claim.configuration, 200), escape(claimSentence(claim), 300)]);
  return `### What these runs allow one to claim\n\n${table(['Configuration', 'Runs so far'], rows)}`;
}
