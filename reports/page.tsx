import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import type { Assets } from './client/assets.js';
import { embedded } from './data/report-block.js';
import { encodeOperations } from './data/encode.js';
import { jsonForScript } from './data/embed.js';
import { OPERATIONS_BLOCK, REPORT_BLOCK } from './data/wire.js';
import { Anomalies } from './sections/anomalies.js';
import { Banner } from './sections/banner.js';
import { Charts } from './sections/charts.js';
import { Faults } from './sections/faults.js';
import { Logs } from './sections/logs.js';
import { Raw } from './sections/raw.js';
import { Tested } from './sections/tested.js';
import { Timeline } from './sections/timeline.js';
import { inline } from './text.js';
import type { View } from './view.js';

/**
 * The whole page as text. Style, script and data are inside; the policy lets only exactly this style and this script
 * run, so that even a mistake in escaping could neither run code nor make a request.
 */
export function page(view: View, { script, style }: Assets): string {
  const policy = contentSecurityPolicy(script, style);
  const operations = encodeOperations(view.history, view.selection.positions).toString('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${renderToString(<title>{titleOf(view)}</title>)}
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${renderToString(<Body view={view} />)}
<script type="application/json" id="${REPORT_BLOCK}">${jsonForScript(embedded(view))}</script>
<script type="application/octet-stream" id="${OPERATIONS_BLOCK}">${operations}</script>
<script>${script}</script>
</body>
</html>
`;
}

export function contentSecurityPolicy(script: string, style: string): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
}

function Body({ view }: { view: View }) {
  return (
    <>
      <a class="skip" href="#verdict">
        Skip to the verdict
      </a>
      <header class="top">
        <p class="brand">Faultline</p>
        <p class="run">{subjectOf(view)}</p>
        <nav aria-label="Sections">
          {navigation(view).map(([id, title]) => (
            <a href={`#${id}`}>{title}</a>
          ))}
        </nav>
        <button type="button" id="theme" hidden>
          Dark
        </button>
      </header>
      <main>
        <Banner view={view} />
        <Tested view={view} />
        <Anomalies view={view} />
        <Timeline view={view} />
        <Charts view={view} />
        <Faults view={view} />
        <Logs view={view} />
        <Raw view={view} />
      </main>
      <footer>
        <p>
          Made by Faultline{view.plan !== undefined && ` ${inline(view.plan.faultlineVersion, 40)}`}. This page makes no
          request; everything in it was recorded by the run.
        </p>
      </footer>
    </>
  );
}

function navigation({ anomalies, results, logs }: View): (readonly [string, string])[] {
  return [
    ['tested', 'Tested'],
    ...(anomalies.length > 0 ? [['anomalies', `Anomalies (${anomalies.length})`] as const] : []),
    ['timeline', 'Timeline'],
    ['charts', 'Charts'],
    ...(results.faults.length > 0 ? [['faults', 'Faults'] as const] : []),
    ...((logs ?? []).length > 0 ? [['logs', 'Logs'] as const] : []),
    ['data', 'Data'],
  ];
}

function subjectOf({ plan, results }: View): string {
  if (plan === undefined) return inline(results.runId, 120);
  return `${inline(plan.system.name, 60)}: ${plan.workloads.map(({ name }) => inline(name, 60)).join(', ')}`;
}

function titleOf(view: View): string {
  return `${view.results.outcome}: ${subjectOf(view)} (Faultline)`;
}
