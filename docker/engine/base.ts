import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { EXIT, messageOf, UserError } from '../../harness/kit/errors.js';
import { aptProxy, canInstall, debianSources, install } from './apt.js';
import { startChild, unlessAborted } from './children.js';
import { statusOf, type Engine } from './engine.js';
import { follow } from './follow.js';
import type { Progress } from './progress.js';
import { withScratch } from './scratch.js';

/** What every image of ours is built on. */
export interface BaseImage {
  readonly reference: string;
  readonly id: string;
}

const SUITE = 'bookworm';
const OFFICIAL = `debian:${SUITE}-slim`;
const SELF_MADE = `faultline/base:${SUITE}`;
/** Without it /usr is merged by a package that brings 45 MB of Perl along. */
const MERGED_USR = '/usr/share/mmdebstrap/hooks/merged-usr';
const TASK = 'base image';
/** A registry that does not begin to answer within this time is taken for absent. */
const REGISTRY_PATIENCE_MS = 15_000;
const PULL_TIMEOUT_MS = 180_000;

/** The base image: the one that is here, else pulled, else built from the Debian archive with mmdebstrap. */
export async function ensureBase(engine: Engine, progress: Progress, signal?: AbortSignal): Promise<BaseImage> {
  const known = await unlessAborted(findBase(engine), signal);
  if (known) {
    progress({ task: TASK, state: 'cached', line: known.reference });
    return known;
  }
  progress({ task: TASK, state: 'started', line: `pulling ${OFFICIAL}` });
  const refusal = await pull(engine, OFFICIAL, signal);
  signal?.throwIfAborted();
  if (refusal === undefined) return finished(engine, OFFICIAL, progress);
  progress({ task: TASK, state: 'output', line: 'no registry answers; building it from the Debian archive' });
  await bootstrapDebian(engine, refusal, progress, signal);
  return finished(engine, SELF_MADE, progress);
}

/** The base image that is here already. */
export async function findBase(engine: Engine): Promise<BaseImage | undefined> {
  for (const reference of [OFFICIAL, SELF_MADE]) {
    const id = await imageId(engine, reference);
    if (id !== undefined) return { reference, id };
  }
  return undefined;
}

/** The id of a local image, or undefined. */
export async function imageId(engine: Engine, reference: string): Promise<string | undefined> {
  try {
    return (await engine.getImage(reference).inspect()).Id;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function finished(engine: Engine, reference: string, progress: Progress): Promise<BaseImage> {
  const id = await imageId(engine, reference);
  if (id === undefined)
    throw new UserError(`The base image ${reference} vanished while it was made.`, EXIT.harnessError);
  progress({ task: TASK, state: 'done', line: reference });
  return { reference, id };
}

/** Pulls an image; answers why it could not. */
async function pull(engine: Engine, reference: string, signal?: AbortSignal): Promise<string | undefined> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error('the registry does not answer')), REGISTRY_PATIENCE_MS);
  try {
    const stop = AbortSignal.any([abort.signal, ...(signal === undefined ? [] : [signal])]);
    const stream = await engine.pull(reference, { abortSignal: stop });
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(new Error('the pull takes too long')), PULL_TIMEOUT_MS);
    await unlessAborted(follow(engine, stream), stop);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    clearTimeout(timer);
  }
}

async function bootstrapDebian(
  engine: Engine,
  refusal: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  const line = (text: string) => progress({ task: TASK, state: 'output', line: text });
  const { failed: missing } = await execa('mmdebstrap', ['--version'], { reject: false });
  if (missing) {
    if (!(await canInstall())) {
      throw new UserError(
        `Cannot make the base image: ${OFFICIAL} cannot be pulled (${refusal}) and mmdebstrap is not installed. Pull ${OFFICIAL} or install mmdebstrap.`,
        EXIT.harnessError,
      );
    }
    await install(['mmdebstrap', 'debian-archive-keyring'], line, signal);
  }
  await withScratch((scratch) => importDebian(engine, scratch, line, signal));
}

/** `mmdebstrap | docker import`, with no file in between. */
async function importDebian(
  engine: Engine,
  scratch: string,
  line: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const proxy = await aptProxy();
  // Ended also when the engine refuses what it makes: nobody would read the rest.
  const refused = new AbortController();
  const stop = AbortSignal.any([refused.signal, ...(signal === undefined ? [] : [signal])]);
  const job = startChild(
    'mmdebstrap',
    [
      '--variant=minbase',
      '--format=tar',
      // An image is made anew when the machine fails meanwhile: waiting for the disk after every file helps nobody.
      '--dpkgopt=force-unsafe-io',
      '--dpkgopt=path-exclude=/usr/share/doc/*',
      '--dpkgopt=path-exclude=/usr/share/man/*',
      '--dpkgopt=path-exclude=/usr/share/locale/*',
      ...(existsSync(MERGED_USR) ? [`--hook-dir=${MERGED_USR}`, '--include=usr-is-merged'] : []),
      ...(proxy === undefined ? [] : [`--aptopt=Acquire::http::Proxy "${proxy}"`]),
      SUITE,
      '-',
      ...(await debianSources(SUITE)),
    ],
    { env: { TMPDIR: scratch }, buffer: { stdout: false }, encoding: 'buffer', timeout: 900_000 } as const,
    stop,
  );
  const said: string[] = [];
  job.stderr.on('data', (chunk: Buffer) => {
    for (const text of chunk.toString('utf8').split(/[\r\n]+/)) {
      if (!text.trim()) continue;
      said.push(text);
      line(text);
    }
  });
  const [repository, tag] = SELF_MADE.split(':');
  const imported = (async () => {
    const answer = await unlessAborted(engine.importImage(job.stdout, { repo: repository, tag }), signal);
    await unlessAborted(follow(engine, answer), signal);
  })();
  imported.catch((error: unknown) => refused.abort(error));
  const { failed } = await job;
  // What it says of a pipe that broke is not the reason.
  if (!failed || stop.aborted) await imported;
  signal?.throwIfAborted();
  if (!failed) return;
  imported.catch(() => undefined);
  // A torn archive may have been imported as far as it came.
  await engine
    .getImage(SELF_MADE)
    .remove()
    .catch(() => undefined);
  throw new UserError(
    `Building the base image with mmdebstrap failed: ${said.slice(-3).join(' / ')}`,
    EXIT.harnessError,
  );
}
