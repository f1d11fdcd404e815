import { command } from './command.js';

export const cleanCommand = command({
  command: 'clean',
  describe: 'Remove containers, networks, volumes and files that runs left behind',
  options: {},
  run: async () => {
    const { clean } = await import('../../docker/engine/janitor.js');
    const removed = await clean('all');
    for (const kind of ['containers', 'networks', 'volumes', 'directories'] as const) {
      for (const name of removed[kind])
        console.log(`removed ${kind.replace(/(ie)?s$/, (end) => (end === 'ies' ? 'y' : ''))} ${name}`);
    }
    for (const run of removed.alive) console.log(`left alone run ${run}: its harness is alive`);
    if (removed.runs.length === 0 && removed.directories.length === 0) console.log('nothing to remove');
  },
});
