// Everything that `npm run demo` and `npm test` need, without running either.
import { join } from 'node:path';
import { prepare, root, run } from './prepare.mjs';

prepare();
run(process.execPath, [join(root, 'dist', 'harness', 'cli', 'main.js'), 'setup', ...process.argv.slice(2)]);
