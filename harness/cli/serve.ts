import pc from 'picocolors';
import { UserError } from '../kit/errors.js';
import { serve } from '../serve/server.js';
import { command } from './command.js';

export const serveCommand = command({
  command: 'serve [directory]',
  describe: 'Browse runs in a browser: search, filter, reports, trends, and runs in progress as they go',
  positionals: {},
  options: { port: { type: 'number', default: 8321, describe: 'on 127.0.0.1; 0 takes a free one' } },
  examples: [['$0 serve runs', 'then open the address it prints']],
  run: async (args) => {
    const { port } = args;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new UserError(`--port ${port}: expected a number from 0 to 65535`);
    }
    await using serving = await serve(String(args['directory'] ?? 'runs'), port);
    console.log(`${serving.url} ${pc.dim('(Ctrl-C ends)')}`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
  },
});
