// dist/ = the rooms compiled, their Dockerfiles and scripts copied, and the report's client bundled.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';
import { bundleClient } from '../reports/client/build.mjs';

const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 255);

cpSync(join(root, 'docker'), join(dist, 'docker'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
await bundleClient(join(dist, 'reports', 'client', 'bundle.js'));
chmodSync(join(dist, 'harness', 'cli', 'main.js'), 0o755);
