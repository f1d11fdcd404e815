import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { loadAssets } from '../../reports/client/assets.js';
import { matrixPage } from '../../reports/matrix/page.js';
import { matrixOf } from '../../reports/matrix/matrix.js';
import { renderReport } from '../../reports/report.js';
import { livePage } from '../../reports/site/live.js';
import { runsPage } from '../../reports/site/runs.js';
import { configurationPage, trendPage } from '../../reports/trend/page.js';
import { trendOf } from '../../reports/trend/trend.js';
import { readArchive, readRun } from '../archive/read.js';
import { historyOf } from '../history/builder.js';
import { followHistory } from '../history/follow.js';
import { readHistory } from '../history/formats/read.js';
import type { History } from '../history/history.js';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { RunStore } from '../run/store.js';
import { foundIn, LiveTally } from './live.js';

const HOST = '127.0.0.1';
const EVERY_MS = 500;
/** Of the files of a run; everything else is offered as plain text, which a browser does not run. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'application/xml',
};

export interface Serving extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves an archive of runs to this machine alone: the list, every run's files, trends and matrix made when asked for,
 * and runs in progress as they go. Reads only. Port 0 takes a free one.
 */
export async function serve(root: string, port: number): Promise<Serving> {
  const place = await realpath(root).catch((error: unknown) => {
    throw new UserError(`${root}: cannot be read: ${messageOf(error)}; name a directory of runs`);
  });
  const server = createServer((request, response) => {
    answer(place, request, response).catch((error: unknown) => {
      const status = error instanceof NotFound ? 404 : error instanceof UserError ? 422 : 500;
      if (!response.headersSent) send(response, 'text/plain; charset=utf-8', `${messageOf(error)}\n`, status);
      else response.destroy();
    });
  });
  await listen(server, port);
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${HOST}:${actual}/`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

class NotFound extends Error {}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      fail(
        new UserError(`--port ${port}: ${taken ? 'is taken; choose another' : messageOf(error)}`, EXIT.harnessError),
      );
    });
    server.listen(port, HOST, done);
  });
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A page elsewhere whose name resolves to this machine must not read the runs.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) throw new NotFound('unknown host');
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new NotFound('only GET');
  const path = decodedPath(request.url ?? '/');
  const [, area = '', ...rest] = path.split('/');
  const below = rest.join('/');
  if (area === '') return page(response, runsPage({ root, ...(await readArchive(root)) }, await loadAssets()));
  if (area === 'favicon.ico') return void response.writeHead(204).end();
  if (area === 'live') return live(root, below, response);
  if (area === 'events') return events(root, below, response);
  if (area !== 'files') throw new NotFound(`nothing at ${path}`);
  if (below.startsWith('trend/')) return trendFile(root, below.slice('trend/'.length), response);
  if (below === 'matrix/matrix.html') {
    const matrix = matrixOf((await readArchive(root)).runs);
    return page(response, matrixPage(matrix, join(root, 'matrix'), await loadAssets()));
  }
  return file(await inside(root, below), response);
}

function decodedPath(url: string): string {
  try {
    return decodeURIComponent(new URL(url, `http://${HOST}`).pathname);
  } catch {
    throw new NotFound('no such address');
  }
}

/** The path of something below the archive, links followed; everything else does not exist. */
async function inside(root: string, below: string): Promise<string> {
  const path = await realpath(resolve(root, below)).catch(() => undefined);
  if (path === undefined || below.includes('\0') || !(path + sep).startsWith(root + sep)) {
    throw new NotFound(`nothing at ${below}`);
  }
  return path;
}

async function trendFile(root: string, name: string, response: ServerResponse): Promise<void> {
  const { runs, troubles } = await readArchive(root);
  const trend = trendOf(runs);
  const from = join(root, 'trend');
  if (name === 'index.html') return page(response, trendPage(trend, from, troubles, await loadAssets()));
  const chosen = trend.configurations.find(({ id }) => `${id}.html` === name);
  if (chosen === undefined) throw new NotFound(`nothing at trend/${name}`);
  return page(response, configurationPage(chosen, trend.nights, from, await loadAssets()));
}

async function file(path: string, response: ServerResponse): Promise<void> {
  const { size } = await stat(path).then((found) => {
    if (!found.isFile()) throw new NotFound(`${path} is no file`);
    return found;
  });
  const type = TYPES[extname(path)] ?? 'text/plain; charset=utf-8';
  response.writeHead(200, { ...headers(type), 'Content-Length': size });
  const stream = createReadStream(path, { end: Math.max(0, size - 1) });
  stream.on('error', () => response.destroy());
  stream.pipe(response);
}

/**
 * A run as it goes; when it is judged, its report. Results are there a moment before the report is, and where nobody
 * writes one (its harness was killed meanwhile, the disk is full) it is made here.
 */
async function live(root: string, below: string, response: ServerResponse): Promise<void> {
  const directory = await inside(root, below);
  const run = await readRun(directory);
  const store = new RunStore(directory);
  const state = await stateOf(store);
  if (state === 'reported') {
    response.writeHead(302, { Location: encodeURI(`/files/${below}/report.html`) }).end();
    return;
  }
  if (state === 'judged' && run.results !== undefined) {
    const { plan, results } = run;
    return page(response, await renderReport({ plan, results, history: await historyIn(store) }));
  }
  return page(response, livePage(run, encodeURI(`/events/${below}`), await loadAssets()));
}

/** Of a run that recorded nothing, an empty history. */
async function historyIn(store: RunStore): Promise<History> {
  if (await store.historyIsEmpty()) return historyOf([]);
  return (await readHistory(store.historyPath, { format: 'jsonl' })).history;
}

/** Whoever judged a run writes its report within this time, or not at all. */
const REPORT_PATIENCE_MS = 20_000;

async function stateOf(store: RunStore): Promise<'going' | 'judged' | 'reported'> {
  const results = await stat(store.resultsPath).catch(() => undefined);
  if (results === undefined) return 'going';
  const report = await stat(join(store.directory, 'report.html')).catch(() => undefined);
  // A report older than the results is that of an earlier judging, and as good.
  if (report !== undefined) return 'reported';
  return Date.now() - results.mtimeMs > REPORT_PATIENCE_MS ? 'judged' : 'going';
}

/** Server-sent events: the figures twice a second while the journal grows, `ended` when there is a report to show. */
async function events(root: string, below: string, response: ServerResponse): Promise<void> {
  const store = new RunStore(await inside(root, below));
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  response.writeHead(200, { ...headers('text/event-stream'), Connection: 'keep-alive' });
  const tally = new LiveTally();
  const tell = async () => {
    const found = foundIn(await readFile(store.livePath, 'utf8').catch(() => ''));
    response.write(`data: ${JSON.stringify(tally.figures(found))}\n\n`);
    if ((await stateOf(store)) === 'going') return;
    response.write('event: ended\ndata: {}\n\n');
    stop.abort();
  };
  const timer = setInterval(() => void tell().catch(() => stop.abort()), EVERY_MS);
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  try {
    for await (const batch of followHistory(store.historyPath, { signal: stop.signal })) tally.add(batch);
  } catch {
    // A journal that is missing or damaged has no figures; the report says what became of the run.
    await stopped;
  } finally {
    clearInterval(timer);
    response.end();
  }
}

function page(response: ServerResponse, html: string): void {
  send(response, 'text/html; charset=utf-8', html, 200);
}

function send(response: ServerResponse, type: string, body: string, status: number): void {
  response.writeHead(status, headers(type)).end(body);
}

function headers(type: string): Record<string, string> {
  return {
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}
