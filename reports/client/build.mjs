import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Bundles the page's script and style; answers both as text. */
export async function bundleText() {
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(here, 'main.ts'), out: 'bundle' },
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
  return { script: text('.js'), style: text('.css') };
}

/** Writes the script to a path (`bundle.js` beside the compiled `assets.js`) and the style beside it as `bundle.css`. */
export async function bundleClient(scriptPath) {
  const { script, style } = await bundleText();
  await mkdir(dirname(scriptPath), { recursive: true });
  await writeFile(scriptPath, script);
  await writeFile(join(dirname(scriptPath), 'bundle.css'), style);
}
