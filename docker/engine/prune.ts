import { bounded } from '../wait.js';
import { connect, tolerating, type Engine } from './engine.js';

const LABEL = 'faultline.image';
const TIMEOUT_MS = 30_000;

/**
 * Removes images that newer ones of the same name have replaced; answers their tags. What a container still uses stays.
 * An image is named by what it was made of, so every change of a Dockerfile leaves one behind.
 */
export async function pruneImages(engine?: Engine): Promise<readonly string[]> {
  const docker = engine ?? (await connect());
  const images = await bounded(docker.listImages({ filters: { label: [LABEL] } }), TIMEOUT_MS, 'listing images');
  const newest = new Map<string, number>();
  for (const { Labels, Created } of images) {
    const name = Labels[LABEL] ?? '';
    newest.set(name, Math.max(newest.get(name) ?? 0, Created));
  }
  const old = images.filter(({ Labels, Created }) => Created < newest.get(Labels[LABEL] ?? '')!);
  const tags = old.flatMap(({ Id, RepoTags }) => tagsOf(RepoTags, Id));
  // 404: gone already; 409: in use.
  for (const tag of tags) {
    await bounded(tolerating([404, 409], docker.getImage(tag).remove()), TIMEOUT_MS, `removing image ${tag}`);
  }
  const left = await bounded(docker.listImages({ filters: { label: [LABEL] } }), TIMEOUT_MS, 'listing images');
  const kept = new Set(left.flatMap(({ RepoTags }) => RepoTags ?? []));
  return tags.filter((tag) => !kept.has(tag));
}

/** What an image can be removed by; one that lost its tag to a newer one goes by its id. */
function tagsOf(tags: readonly string[] | null | undefined, id: string): readonly string[] {
  const named = (tags ?? []).filter((tag) => tag !== '<none>:<none>');
  return named.length > 0 ? named : [id];
}
