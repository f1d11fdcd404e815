/**
 * How long it takes to read a journal, and how much memory. Usage: tsx bench/history-read.ts [operations…]
 * (default 1000000 10000000). Each file is read in a process of its own, the built one when `dist` is there.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../harness/kit/random.js';

const SESSIONS = 20;
const REPEATS = 3;
const root = fileURLToPath(new URL('..', import.meta.url));
const counts = process.argv.slice(2).map(Number);

type Shape = 'compact' | 'journal' | 'transactions';

/** Writes a history of so many operations: an invocation and a completion each, by twenty sessions. */
function write(path: string, operations: number, shape: Shape): void {
  const descriptor = openSync(path, 'w');
  const [random] = Random.fromSeed(1).draw((dice) => Array.from({ length: 4096 }, () => dice.float()));
  let drawn = 0;
  const draw = (bound: number) => Math.floor(random[drawn++ & 4095] * bound);
  let [text, index, time, value] = ['', 0, 0, 0];
  for (let round = 0; round < operations / SESSIONS; round++) {
    for (const type of ['invoke', 'ok']) {
      for (let process = 0; process < SESSIONS; process++) {
        time += 500 + draw(2000);
        const event = { process, type, ...operation(shape, type, process, round, value++) };
        const whole = shape === 'compact' ? event : { index, time, ...event, node: `n${(process % 5) + 1}` };
        text += `${JSON.stringify(whole)}\n`;
        index++;
      }
    }
    if (text.length > 1 << 20) {
      writeSync(descriptor, text);
      text = '';
    }
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
}

function operation(shape: Shape, type: string, process: number, round: number, value: number): object {
  const reads = (process + round) % 2 === 0;
  if (shape === 'transactions') {
    const seen = type === 'ok' ? [1, 2, 3, 4, 5] : null;
    return {
      f: 'txn',
      value: [
        ['append', process % 10, round * SESSIONS + process],
        ['r', round % 10, seen],
      ],
    };
  }
  const keyed = shape === 'journal' ? { key: `r${process % 10}` } : {};
  if (reads) return { f: 'read', value: type === 'ok' ? value : null, ...keyed };
  return { f: 'write', value: round * SESSIONS + process, ...keyed };
}

const script = (module: string, path: string) => `
  import(${JSON.stringify(module)}).then(async ({ readHistory }) => {
    const started = performance.now();
    const { history } = await readHistory(${JSON.stringify(path)});
    const wallMs = performance.now() - started;
    const { user, system } = process.cpuUsage();
    const peakMB = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ events: history.length, wallMs, cpuMs: (user + system) / 1000, peakMB }));
  });`;

interface Measure {
  readonly events: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMB: number;
}

function measure(path: string): Measure {
  const built = join(root, 'dist/harness/history/formats/read.js');
  const module = existsSync(built) ? built : join(root, 'harness/history/formats/read.ts');
  const loader = existsSync(built) ? [] : ['--import', 'tsx'];
  const runs = Array.from({ length: REPEATS }, () => {
    const output = execFileSync(process.execPath, [...loader, '-e', script(module, path)], { cwd: root });
    return JSON.parse(output.toString()) as Measure;
  });
  return runs.sort((a, b) => a.wallMs - b.wallMs)[0];
}

const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
try {
  console.log('operations  shape         file MB  wall s  process CPU s  peak RSS MB');
  for (const operations of counts.length > 0 ? counts : [1_000_000, 10_000_000]) {
    for (const shape of ['compact', 'journal', 'transactions'] as const) {
      const path = join(folder, 'history.jsonl');
      write(path, operations, shape);
      const { wallMs, cpuMs, peakMB } = measure(path);
      const cells = [
        String(operations).padStart(10),
        shape.padEnd(12),
        (statSync(path).size / 1e6).toFixed(0).padStart(8),
        (wallMs / 1000).toFixed(2).padStart(6),
        (cpuMs / 1000).toFixed(2).padStart(13),
        peakMB.toFixed(0).padStart(11),
      ];
      console.log(cells.join('  '));
      rmSync(path);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
