import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { EXIT, UserError } from '../../harness/kit/errors.js';
import { startChild } from './children.js';

/** Whether software can be installed here without asking: root, on a system with apt. */
export async function canInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const { exitCode } = await execa('apt-get', ['--version'], { reject: false });
  return exitCode === 0;
}

/** Ends when every installation asked for so far has. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Installs Debian packages; every line of output goes to `line`. Throws {@link UserError} with apt's last words. One at a
 * time: an update under way takes the package lists from under another one's feet, and apt's locks do not prevent it.
 */
export function install(
  packages: readonly string[],
  line: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const installed = turn.then(() => installNow(packages, line, signal));
  turn = installed.catch(() => undefined);
  return installed;
}

async function installNow(
  packages: readonly string[],
  line: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    signal?.throwIfAborted();
    const options = { env, all: true, timeout: 600_000, stdin: 'ignore' } as const;
    const job = startChild('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...command], options, signal);
    const last: string[] = [];
    for await (const text of job.iterable({ from: 'all' })) {
      line(text);
      last.push(text);
    }
    const { failed } = await job;
    signal?.throwIfAborted();
    // An update may fail for one of many sources and still have fetched what is needed; the installation decides.
    if (failed && command[0] === 'install') {
      throw new UserError(`Installing ${packages.join(' ')} failed: ${last.slice(-3).join(' / ')}`, EXIT.harnessError);
    }
  }
}

/**
 * The machine's own lines for the Debian archive, for `suite`; empty when it is not a Debian machine (mmdebstrap then
 * uses its defaults). Asked of apt itself, which knows every form a source may be written in.
 */
export async function debianSources(suite: string): Promise<readonly string[]> {
  const format = '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const { stdout } = await execa('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    reject: false,
    stdin: 'ignore',
  });
  return sourcesFor(suite, stdout ?? '', codenameOf(await readFile('/etc/os-release', 'utf8').catch(() => '')));
}

/** Pure part of {@link debianSources}: `targets` are lines `origin|uri|release|component`. */
export function sourcesFor(suite: string, targets: string, codename: string): readonly string[] {
  const lines = new Set<string>();
  for (const target of targets.split('\n')) {
    const [origin, uri, release, component] = target.split('|');
    if (origin !== 'Debian' || !uri || !release || component !== 'main') continue;
    // Only the release proper and what corrects it: backports and third parties are not part of a base image.
    const suffix = ['', '-updates', '-security'].find((ending) => release === codename + ending);
    if (suffix !== undefined) lines.add(`deb ${uri} ${suite}${suffix} main`);
  }
  return [...lines].some((line) => line.endsWith(` ${suite} main`)) ? [...lines] : [];
}

/** The proxy apt uses on this machine, if any. */
export async function aptProxy(): Promise<string | undefined> {
  const { stdout } = await execa('apt-config', ['shell', 'PROXY', 'Acquire::http::Proxy'], { reject: false });
  return /^PROXY='([^']+)'/m.exec(stdout ?? '')?.[1];
}

function codenameOf(osRelease: string): string {
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(osRelease)?.[1] ?? '';
}
