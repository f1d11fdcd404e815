#!/usr/bin/env node
import pc from 'picocolors';
import yargs, { type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { faultlineVersion } from './version.js';

const EPILOGUE = `Exit codes: 0 valid, 1 invalid, 2 inconclusive, 254 bad arguments, 255 trouble of the harness.

  faultline test etcd -w bank,inventory,register -n partition,kill,pause
  faultline check history.jsonl --model cas-register
  faultline check runs/latest`;

/** A command that is over may take so long to let go of what it had open. */
const LINGER_MS = 10_000;

/** Every command by its name, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  test: async () => (await import('./test.js')).testCommand,
  suite: async () => (await import('./suite.js')).suiteCommand,
  trend: async () => (await import('./trend.js')).trendCommand,
  serve: async () => (await import('./serve.js')).serveCommand,
  matrix: async () => (await import('./matrix.js')).matrixCommand,
  check: async () => (await import('./check.js')).checkCommand,
  report: async () => (await import('./report.js')).reportCommand,
  list: async () => (await import('./list.js')).listCommand,
  replay: async () => (await import('./replay.js')).replayCommand,
  shrink: async () => (await import('./shrink.js')).shrinkCommand,
  explore: async () => (await import('./explore.js')).exploreCommand,
  prove: async () => (await import('./prove.js')).proveCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  setup: async () => (await import('./setup.js')).setupCommand,
  clean: async () => (await import('./clean.js')).cleanCommand,
};

// Node's own exit code for a crash is 1, which says "invalid" here.
process.on('uncaughtException', (error) => {
  process.exit(report(error));
});

await main();
// Whatever still holds the process, a connection that does not close or a child that does not end, the verdict is told.
setTimeout(() => process.exit(), LINGER_MS).unref();

/** Runs one command. Errors the user can mend end with one line; everything else is a defect and shows its stack. */
async function main(): Promise<void> {
  // A reader such as `head` that closes its end is not an error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  });
  try {
    await (await commands()).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** The command that is named first, alone; all of them where it is not clear which is meant, or for the help. */
async function commands() {
  const words = hideBin(process.argv);
  const [first = ''] = words;
  const wanted = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]] : Object.values(COMMANDS);
  const loaded = await Promise.all(wanted.map((load) => load()));
  return yargs(words)
    .command(loaded)
    .scriptName('faultline')
    .usage('$0 <command>\n\nTests whether a distributed database keeps its promises when the world goes wrong.')
    .demandCommand(
      1,
      'name a command: faultline test, suite, trend, matrix, serve, check, report, list, replay, shrink, explore, prove, doctor, setup or clean',
    )
    .strict()
    .recommendCommands()
    .version(faultlineVersion())
    .alias({ help: 'h', version: 'v' })
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UserError(`${message.split('\n').join('; ')} (see faultline --help)`);
    });
}

function report(error: unknown): number {
  if (error instanceof UserError) {
    console.error(`${pc.red('faultline:')} ${error.message}`);
    return error.exitCode;
  }
  console.error(`${pc.red('faultline: unexpected error:')} ${error instanceof Error ? error.stack : messageOf(error)}`);
  return EXIT.harnessError;
}
