import { execa } from 'execa';
import { EXIT, UserError } from '../kit/errors.js';
import { systems } from '../registry.js';
import { command } from './command.js';
import { Display } from './display.js';
import { listenForInterrupts } from './execute.js';

export const setupCommand = command({
  command: 'setup [systems..]',
  describe: 'Install and start the Docker Engine where it is missing and build every image a test needs',
  options: {
    browser: { type: 'boolean', default: false, describe: 'also install the browser that the report tests use' },
  },
  run: async ({ browser, systems: named }) => {
    const display = new Display();
    const { signal, stop } = listenForInterrupts(display);
    try {
      const names = Array.isArray(named) && named.length > 0 ? named.map(String) : Object.keys(systems);
      await Promise.all([prepare(names, display, signal), browser ? ensureBrowser(display, signal) : undefined]);
    } finally {
      stop();
      display.end();
    }
  },
});

async function prepare(names: readonly string[], display: Display, signal: AbortSignal): Promise<void> {
  const { prepareEngine } = await import('../../docker/engine/bootstrap.js');
  const { prepareImages } = await import('../../docker/engine/prepare.js');
  const engine = await prepareEngine(display.task, signal);
  for (const name of names) {
    const load = systems[name];
    if (!load) throw new UserError(`unknown system ${name}; see faultline list systems`);
    const system = await load();
    await prepareImages(system, system.options.parse({}), display.task, engine, signal);
  }
}

async function ensureBrowser(display: Display, signal: AbortSignal): Promise<void> {
  const found = await execa('chromium', ['--version'], { reject: false });
  if (!found.failed) {
    display.task({ task: 'browser', state: 'cached', line: found.stdout.trim() });
    return;
  }
  const { canInstall, install } = await import('../../docker/engine/apt.js');
  if (!(await canInstall())) {
    throw new UserError('no chromium on the PATH; install it (Debian: apt-get install chromium)', EXIT.harnessError);
  }
  display.task({ task: 'browser', state: 'started', line: 'installing chromium' });
  const line = (text: string) => display.task({ task: 'browser', state: 'output', line: text });
  await install(['chromium'], line, signal);
  display.task({ task: 'browser', state: 'done', line: 'installed' });
}
