import { EXIT, messageOf, UserError } from '../../harness/kit/errors.js';
import type { ImageSource } from '../system.js';
import { imageId, type BaseImage } from './base.js';
import type { Engine } from './engine.js';
import { unlessAborted } from './children.js';
import { follow } from './follow.js';
import { contentHash, filesIn } from './folder.js';
import type { Progress } from './progress.js';

export interface BuiltImage {
  readonly name: string;
  /** Tag by content hash: the same tag is the same image. */
  readonly reference: string;
  readonly id: string;
}

/** The image of a folder: found by content hash, else built. */
export async function ensureImage(
  engine: Engine,
  base: BaseImage,
  source: ImageSource,
  progress: Progress,
  signal?: AbortSignal,
): Promise<BuiltImage> {
  const task = `image ${source.name}`;
  const reference = await referenceOf(source, base);
  const known = await unlessAborted(imageId(engine, reference), signal);
  if (known !== undefined) {
    progress({ task, state: 'cached', line: reference });
    return { name: source.name, reference, id: known };
  }
  progress({ task, state: 'started', line: `building ${reference}` });
  try {
    await build(engine, base, source, reference, (line) => progress({ task, state: 'output', line }), signal);
  } catch (error) {
    progress({ task, state: 'failed', line: messageOf(error) });
    throw error;
  }
  const id = await unlessAborted(imageId(engine, reference), signal);
  if (id === undefined) throw new UserError(`Image ${reference} vanished after it was built.`, EXIT.harnessError);
  progress({ task, state: 'done', line: reference });
  return { name: source.name, reference, id };
}

export async function referenceOf(source: ImageSource, base: BaseImage): Promise<string> {
  const args = Object.entries(source.args).flat();
  return `faultline/${source.name}:${await contentHash(source.folder, [base.id, ...args])}`;
}

/** Of a package installation over a slow line. */
const BUILD_TIMEOUT_MS = 900_000;

async function build(
  engine: Engine,
  base: BaseImage,
  source: ImageSource,
  reference: string,
  line: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const stop = AbortSignal.any([AbortSignal.timeout(BUILD_TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]);
  const stream = await engine.buildImage(
    { context: source.folder, src: [...(await filesIn(source.folder))] },
    {
      t: reference,
      buildargs: { BASE: base.reference, ...proxies(), ...source.args },
      labels: { 'faultline.image': source.name },
      // The host's own network: what the machine reaches, the build reaches, whatever the bridge's MTU or NAT.
      networkmode: 'host',
      rm: true,
      forcerm: true,
      abortSignal: stop,
    },
  );
  const last: string[] = [];
  try {
    const followed = follow(engine, stream, (event) => {
      for (const text of (event.error ?? event.stream ?? '').split('\n')) {
        if (!text.trim()) continue;
        last.push(text.trim());
        line(text.trim());
      }
    });
    await unlessAborted(followed, stop);
  } catch (error) {
    const words = [...last.slice(-4), messageOf(error)].filter((text, i, all) => all.indexOf(text) === i);
    throw new UserError(`Building image ${source.name} failed: ${words.join(' / ')}`, EXIT.harnessError);
  }
}

/** Docker knows these as build arguments without a declaration, and keeps them out of the image. */
function proxies(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const set = names.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []));
  return Object.fromEntries(set);
}
