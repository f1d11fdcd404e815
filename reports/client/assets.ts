import { readFile } from 'node:fs/promises';

/** Script and style that every page carries inside. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

type Builder = { bundleText(): Promise<Assets> };

let loading: Promise<Assets> | undefined;

/** The bundles made when Faultline was built, or, in a source tree, bundled now. */
export function loadAssets(): Promise<Assets> {
  return (loading ??= builtAssets().then((assets) => assets ?? bundleNow()));
}

async function builtAssets(): Promise<Assets | undefined> {
  const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');
  try {
    const [script, style] = await Promise.all([read('bundle.js'), read('bundle.css')]);
    return { script, style };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function bundleNow(): Promise<Assets> {
  // By address and not by name: the builder needs esbuild, which an installed Faultline does not have.
  const { bundleText } = (await import(new URL('build.mjs', import.meta.url).href)) as Builder;
  return bundleText();
}
