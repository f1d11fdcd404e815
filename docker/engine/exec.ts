import { Writable } from 'node:stream';
import { bounded, until } from '../wait.js';
import type { Container } from './engine.js';

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in a running container and waits for it. The command is killed inside when its time is over, so that
 * nothing is left behind; a daemon that does not answer at all is given two seconds more. Throws when the command
 * could not be run; a non-zero exit is the caller's to judge.
 */
export async function exec(container: Container, command: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const what = `${command[0] ?? ''} in container ${container.id.slice(0, 12)}`;
  const result = await bounded(run(container, command, timeoutMs), timeoutMs + 2_000, what);
  // The engine reports a missing binary as exit 126 with its reason on standard output, not as an error.
  if (result.exitCode === 126 || result.exitCode === 127) {
    throw new Error(`${what} could not be run: ${(result.stdout + result.stderr).trim()}`);
  }
  if (result.exitCode === 137) throw new Error(`${what}: killed after ${timeoutMs} ms`);
  return result;
}

/** As {@link exec}, and throws on any exit but 0. Answers standard output. */
export async function execOk(container: Container, command: readonly string[], timeoutMs: number): Promise<string> {
  const { exitCode, stdout, stderr } = await exec(container, command, timeoutMs);
  if (exitCode === 0) return stdout;
  const reason = (stderr || stdout).trim().split('\n').slice(-3).join('; ');
  throw new Error(`${command[0] ?? ''} in container ${container.id.slice(0, 12)} ended with ${exitCode}: ${reason}`);
}

async function run(container: Container, command: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const job = await container.exec({
    Cmd: ['timeout', '-s', 'KILL', String(timeoutMs / 1000), ...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await job.start({});
  const [stdout, stderr] = [new Collector(), new Collector()];
  container.modem.demuxStream(stream, stdout, stderr);
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve).once('close', resolve).once('error', reject);
  });
  // The output may end a moment before the engine has noted the exit code.
  const exitCode = await until(async () => (await job.inspect()).ExitCode ?? undefined, { timeoutMs, everyMs: 5 });
  return { exitCode: exitCode ?? 137, stdout: stdout.text(), stderr: stderr.text() };
}

class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}
