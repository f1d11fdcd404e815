import { command } from './command.js';

export const cleanCommand = command({
  command: 'clean',
  describe: 'Remove containers, networks, volumes, disks and files that runs left behind, and outdated images',
  options: {},
  run: async () => {
    const { clean } = await import('../../docker/engine/janitor.js');
    const { pruneImages } = await import('../../docker/engine/prune.js');
    const removed = await clean('all');
    const images = await pruneImages();
    for (const kind of ['containers', 'networks', 'volumes', 'directories'] as const) {
      for (const name of removed[kind])
        console.log(`removed ${kind.replace(/(ie)?s$/, (end) => (end === 'ies' ? 'y' : ''))} ${name}`);
    }
    for (const name of images) console.log(`removed image ${name}`);
    for (const run of removed.alive) console.log(`left alone run ${run}: its harness is alive`);
    if (removed.runs.length + removed.directories.length + images.length === 0) console.log('nothing to remove');
  },
});
