import { readFile } from 'node:fs/promises';

/** Script and style that every page carries inside. */
export interface Assets {
  /** Of a run's report. */
  readonly script: string;
  /** Of pages over many runs. */
  readonly siteScript: string;
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
    const [script, siteScript, style] = await Promise.all(['bundle.js', 'site.js', 'bundle.css'].map(read));
    return { script, siteScript, style };
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
