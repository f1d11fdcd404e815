import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Assets } from '../client/assets.js';
import { contentSecurityPolicy } from '../page.js';

/** A page over many runs: a suite's index, trends, the consistency matrix, the list of `faultline serve`. */
export interface SitePage {
  /** In the window's title. */
  readonly title: string;
  /** Beside the brand. */
  readonly subject: string;
  /** Links in the head of the page: address and words. */
  readonly navigation: readonly (readonly [string, string])[];
  /** Where the body does not begin with its own. */
  readonly heading?: string;
  readonly body: ComponentChildren;
  /** `live` may listen to events of the server it came from; a file makes no request at all. */
  readonly kind: 'file' | 'live';
}

/** The whole page as text, with the same protection as a report: only this style and this script run. */
export function sitePage(page: SitePage, { siteScript, style }: Assets): string {
  const policy = contentSecurityPolicy(siteScript, style) + (page.kind === 'live' ? `; connect-src 'self'` : '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${renderToString(<title>{`${page.title} (Faultline)`}</title>)}
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${renderToString(<Frame page={page} />)}
<script>${siteScript}</script>
</body>
</html>
`;
}

function Frame({ page: { subject, navigation, heading, body } }: { page: SitePage }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <p class="brand">Faultline</p>
        <p class="run">{subject}</p>
        <nav aria-label="Sections">
          {navigation.map(([address, words]) => (
            <a href={address}>{words}</a>
          ))}
        </nav>
        <button type="button" id="theme" hidden>
          Dark
        </button>
      </header>
      <main id="main">
        {heading !== undefined && <h1 class="page">{heading}</h1>}
        {body}
      </main>
      <footer>
        <p>Made by Faultline from stored runs.</p>
      </footer>
    </>
  );
}
