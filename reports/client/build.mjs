import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Bundles the scripts of the pages, and their style; answers them as text. */
export async function bundleText() {
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(here, 'main.ts'), out: 'bundle' },
      { in: join(here, 'site.ts'), out: 'site' },
      { in: join(here, 'styles', 'report.css'), out: 'bundle' },
    ],
    outdir: here,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2022', 'chrome110', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'eof',
    logLevel: 'warning',
  });
  const text = (suffix) => outputFiles.find(({ path }) => path.endsWith(suffix)).text.trim();
  return { script: text('bundle.js'), siteScript: text('site.js'), style: text('.css') };
}

/** Writes the report's script to a path (`bundle.js` beside the compiled `assets.js`), and the rest beside it. */
export async function bundleClient(scriptPath) {
  const { script, siteScript, style } = await bundleText();
  const folder = dirname(scriptPath);
  await mkdir(folder, { recursive: true });
  await writeFile(scriptPath, script);
  await writeFile(join(folder, 'site.js'), siteScript);
  await writeFile(join(folder, 'bundle.css'), style);
}
