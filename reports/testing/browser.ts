import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { writeReports, type ReportInput } from '../report.js';

/** Nothing that a browser does by itself may look like a request of the page. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OpenedPage {
  readonly page: Page;
  /** Addresses asked for, apart from the page itself. */
  readonly requests: string[];
  /** Errors and warnings of the console, and uncaught exceptions. */
  readonly complaints: string[];
}

export type Look = {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** Pixels of the picture per CSS pixel. */
  readonly scale?: number;
  readonly hash?: string;
};

/** A browser and a directory of reports for one test file. */
export class ReportBrowser implements AsyncDisposable {
  private constructor(
    private readonly browser: Browser,
    private readonly directory: string,
  ) {}

  static async launch(): Promise<ReportBrowser> {
    const browser = await chromium.launch({ executablePath: findChromium(), args: ARGUMENTS });
    return new ReportBrowser(browser, await mkdtemp(join(tmpdir(), 'faultline-browser-')));
  }

  /** Writes the reports of an input; answers the address of the page. */
  async write(name: string, input: ReportInput): Promise<string> {
    const { html } = await writeReports(join(this.directory, name), input);
    return pathToFileURL(html).href;
  }

  /** Opens a page from its file and waits until the timeline answers. */
  async open(
    address: string,
    { colorScheme = 'light', width = 1_280, scale = 1, hash = '' }: Look = {},
  ): Promise<OpenedPage> {
    const page = await this.browser.newPage({
      viewport: { width, height: 900 },
      colorScheme,
      deviceScaleFactor: scale,
    });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith('data:')) requests.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(address + hash);
    await page.waitForFunction(() => document.documentElement.dataset['ready'] === 'true');
    return { page, requests, complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await rm(this.directory, { recursive: true });
  }
}

function findChromium(): string {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const places = directories.flatMap((directory) => names.map((name) => join(directory, name)));
  const found = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (found === undefined)
    throw new Error('no Chromium in PATH; install it (apt-get install chromium) or set CHROMIUM');
  return found;
}

/** Scrolls through the page, so that what is drawn on demand is drawn. */
export async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    scrollTo(0, 0);
  });
}

/** How many different colours a canvas shows, sampled; one or none means that nothing was drawn. */
export function coloursOf(page: Page, selector: string): Promise<number> {
  return page.locator(selector).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<string>();
    for (let i = 0; i < data.length; i += 4 * 7) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    return seen.size;
  });
}
