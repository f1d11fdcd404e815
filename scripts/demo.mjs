// The main job in one command: a real five-node etcd cluster under three workloads and three nemeses.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const demo = ['test', 'etcd', '-w', 'bank,inventory,register', '-n', 'partition,kill,pause', '--nodes', '5'];
const extra = process.argv.slice(2);
const main = join(root, 'dist', 'harness', 'cli', 'main.js');
const child = spawn(process.execPath, [main, ...demo, '--time-limit', '60', ...extra], { cwd: root, stdio: 'inherit' });
// Ctrl-C reaches the child through the terminal; this process stays until the child has healed, checked and reported.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 255));
