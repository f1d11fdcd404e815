import { decodeOperations, type Operations } from '../data/decode.js';
import { OPERATIONS_BLOCK, REPORT_BLOCK, type EmbeddedReport } from '../data/wire.js';
import { mountCharts } from './charts.js';
import { setUpCopyButtons } from './copy.js';
import { setUpPrinting } from './print.js';
import { setUpReveal } from './reveal.js';
import { setUpTheme } from './theme.js';
import { mountTimeline } from './timeline/mount.js';

/** What runs when the page opens. Everything above the timeline is readable without it. */
async function start(): Promise<void> {
  const report = JSON.parse(blockText(REPORT_BLOCK)) as EmbeddedReport;
  setUpTheme();
  setUpCopyButtons();
  setUpPrinting();
  setUpReveal();
  const operations = await openOperations();
  mountTimeline(document.getElementById('timeline-app')!, report, operations);
  // For whoever measures: from here on the timeline answers.
  performance.mark('faultline-interactive');
  document.documentElement.dataset['ready'] = 'true';
  mountCharts(report, operations);
}

function blockText(id: string): string {
  return document.getElementById(id)!.textContent;
}

async function openOperations(): Promise<Operations> {
  const compressed = fromBase64(blockText(OPERATIONS_BLOCK));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return decodeOperations(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

start().catch((error: unknown) => {
  const place = document.getElementById('timeline-app');
  if (place !== null)
    place.textContent = `The timeline cannot be drawn here: ${String(error)}. The tables are complete without it.`;
});
