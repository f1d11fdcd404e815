import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'harness', 'cli', 'main.ts');
/** Whatever hangs here hangs for ever: this only has to be more than a loaded machine needs. */
const ENDS_MS = 60_000;

let scratch = '';
let engine: Server | undefined;
beforeEach(async () => void (scratch = await mkdtemp(join(tmpdir(), 'faultline-preparing-'))));
afterEach(async () => {
  engine?.closeAllConnections();
  engine?.close();
  await rm(scratch, { recursive: true, force: true });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answer =
  (status: number, body: object): Answer =>
  (_, response) => {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
const never: Answer = (request) => void request.resume();
const absent = answer(404, { message: 'no such image' });

/** What a stand-in for the Docker Engine answers; by default the base image is here, and no other. */
interface Answers {
  readonly base?: Answer;
  readonly image?: Answer;
  readonly pull?: Answer;
  readonly load?: Answer;
  /** By name of the image. */
  readonly build?: (image: string) => Answer;
}

async function startEngine({ base, image, pull, load, build }: Answers): Promise<string> {
  engine = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    const answering = (() => {
      if (url.includes('/version')) return answer(200, { Version: '20.10.0', ApiVersion: '1.41' });
      if (url.includes('/build')) return (build ?? (() => never))(/faultline\/([^:]+):/.exec(url)?.[1] ?? '');
      if (url.includes('/images/create')) return (url.includes('fromSrc') ? load : pull) ?? absent;
      if (/\/images\/debian:/.test(url)) return base ?? answer(200, { Id: 'sha256:1' });
      return image ?? absent;
    })();
    answering(request, response);
  });
  await new Promise<void>((ready) => engine!.listen(0, '127.0.0.1', ready));
  return `tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`;
}

function setup(host: string, path: readonly string[] = []) {
  return execa(process.execPath, ['--import', 'tsx', main, 'setup', 'etcd'], {
    cwd: root,
    reject: false,
    all: true,
    env: { NO_COLOR: '1', DOCKER_HOST: host, PATH: [...path, process.env['PATH']].join(':') },
    timeout: 2 * ENDS_MS,
    killSignal: 'SIGKILL',
  });
}

const failing: Answer = (request, response) => {
  request.resume();
  const events = [{ stream: 'Step 1/2 : RUN exit 7' }, { error: "The command 'exit 7' returned a non-zero code: 7" }];
  response.end(events.map((event) => `${JSON.stringify(event)}\r\n`).join(''));
};

async function ended(run: ReturnType<typeof setup>, sinceMs: number) {
  const { exitCode, signal, all } = await run;
  expect(performance.now() - sinceMs, all).toBeLessThan(ENDS_MS);
  expect(signal, all).toBeUndefined();
  expect(exitCode, all).toBe(255);
  return all.split('\n').filter((line) => line.startsWith('faultline:'));
}

describe('an image that cannot be made', () => {
  it('ends the command at once, with the reason, though another image is still being made', async () => {
    const host = await startEngine({ build: (image) => (image.startsWith('etcd') ? failing : never) });
    const [line, ...more] = await ended(setup(host), performance.now());
    expect(line).toMatch(/Building image etcd-3\.4 failed: .*returned a non-zero code: 7/);
    expect(more).toEqual([]);
  });

  it('because the engine breaks off in the middle of it is an error like any other', async () => {
    const breaking: Answer = (request, response) => {
      request.resume();
      response.write('{"stream":"Step 1/2"}\n');
      setTimeout(() => response.destroy(), 200);
    };
    const lines = await ended(setup(await startEngine({ build: () => breaking })), performance.now());
    expect(lines).toHaveLength(1);
  });
});

describe('a command that is interrupted while it prepares', () => {
  const saying: Answer = (request, response) => {
    request.resume();
    response.write('{"stream":"Step 1/2 : RUN sleep 1000"}\n');
  };
  it.each<[string, NodeJS.Signals, (hang: (answer: Answer) => Answer) => Answers]>([
    ['a build that says nothing', 'SIGTERM', (hang) => ({ build: () => hang(never) })],
    ['a build that takes for ever', 'SIGINT', (hang) => ({ build: () => hang(saying) })],
    ['a question whether an image is here', 'SIGTERM', (hang) => ({ image: hang(never) })],
    ['a pull', 'SIGINT', (hang) => ({ base: absent, pull: hang(saying) })],
  ])('%s ends with %s', async (_, signal, answers) => {
    let asked = () => {};
    const hanging = new Promise<void>((resolve) => (asked = resolve));
    const hang =
      (way: Answer): Answer =>
      (request, response) => {
        way(request, response);
        // Soon the command waits for more of it.
        setTimeout(asked, 500);
      };
    const run = setup(await startEngine(answers(hang)));
    await hanging;
    const since = performance.now();
    run.kill(signal);
    expect((await ended(run, since)).join()).toContain('interrupted');
  });
});

describe('mmdebstrap that takes for ever', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with all its children on %s', async (signal) => {
    const pids = join(scratch, 'pids');
    await writeFile(
      join(scratch, 'mmdebstrap'),
      `#!/bin/sh\n[ "$1" = --version ] && exit 0\nsleep 1000 &\necho $$ $! > ${pids}.new\nmv ${pids}.new ${pids}\nwait\n`,
    );
    await chmod(join(scratch, 'mmdebstrap'), 0o755);
    const host = await startEngine({ base: absent, image: absent, load: never });
    const run = setup(host, [scratch]);
    await expect.poll(() => existsSync(pids), { timeout: ENDS_MS, interval: 100 }).toBe(true);
    const since = performance.now();
    run.kill(signal);
    expect((await ended(run, since)).join()).toContain('interrupted');
    const family = (await readFile(pids, 'utf8')).trim().split(' ').map(Number);
    expect(family).toHaveLength(2);
    expect(family.filter(runs)).toEqual([]);
  });
});

/** A zombie that nobody has asked for its exit code runs no more. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
