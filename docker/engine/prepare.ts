import { fileURLToPath } from 'node:url';
import type { ImageSource, System } from '../system.js';
import { ensureBase } from './base.js';
import { asUserError, connect, type Engine } from './engine.js';
import { ensureImage, type BuiltImage } from './images.js';
import { silent, type Progress } from './progress.js';

export const TOOLBOX: ImageSource = {
  name: 'toolbox',
  folder: fileURLToPath(new URL('../toolbox/', import.meta.url)),
  args: {},
};

/** Images of a launch, ready to run. */
export interface PreparedImages {
  readonly toolbox: BuiltImage;
  /** In the order of {@link System.images}. */
  readonly images: readonly BuiltImage[];
}

/**
 * Makes sure of the base image, the toolbox and the images of a system, all built at once where they are missing; takes
 * well under a second where they are not. What is being made is given up when the signal is aborted, and no child process
 * goes on behind it. Undefined for a system that needs no containers.
 */
export async function prepareImages(
  system: System,
  options: Readonly<Record<string, unknown>>,
  progress: Progress = silent,
  engine?: Engine,
  signal?: AbortSignal,
): Promise<PreparedImages | undefined> {
  const sources = system.images?.(options);
  return sources && prepareSources(engine ?? (await connect()), sources, progress, signal);
}

export async function prepareSources(
  engine: Engine,
  sources: readonly ImageSource[],
  progress: Progress = silent,
  signal: AbortSignal = new AbortController().signal,
): Promise<PreparedImages> {
  const base = await ensureBase(engine, progress, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw asUserError('Making the base image', error);
  });
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const build = async (source: ImageSource): Promise<BuiltImage> => {
    try {
      return await ensureImage(engine, base, source, progress, stop);
    } catch (error) {
      // The others are of no use any more. Where one has failed already, this is only what became of its neighbour.
      failure.abort(error);
      throw error;
    }
  };
  const built = await Promise.allSettled([TOOLBOX, ...sources].map(build));
  signal.throwIfAborted();
  // All have ended before the first failure is reported, so that no build goes on behind it.
  if (failure.signal.aborted) throw asUserError('Building the images', failure.signal.reason);
  const [toolbox, ...images] = built.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return { toolbox: toolbox!, images };
}
