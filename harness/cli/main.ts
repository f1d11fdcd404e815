#!/usr/bin/env node
import pc from 'picocolors';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { checkCommand } from './check.js';
import { cleanCommand } from './clean.js';
import { doctorCommand } from './doctor.js';
import { exploreCommand } from './explore.js';
import { listCommand } from './list.js';
import { proveCommand } from './prove.js';
import { replayCommand } from './replay.js';
import { reportCommand } from './report.js';
import { matrixCommand } from './matrix.js';
import { serveCommand } from './serve.js';
import { setupCommand } from './setup.js';
import { shrinkCommand } from './shrink.js';
import { suiteCommand } from './suite.js';
import { testCommand } from './test.js';
import { trendCommand } from './trend.js';
import { faultlineVersion } from './version.js';

const EPILOGUE = `Exit codes: 0 valid, 1 invalid, 2 inconclusive, 254 bad arguments, 255 trouble of the harness.

  faultline test etcd -w bank,inventory,register -n partition,kill,pause
  faultline check history.jsonl --model cas-register
  faultline check runs/latest`;

/** A command that is over may take so long to let go of what it had open. */
const LINGER_MS = 10_000;

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
    await commands().parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

function commands() {
  return yargs(hideBin(process.argv))
    .scriptName('faultline')
    .usage('$0 <command>\n\nTests whether a distributed database keeps its promises when the world goes wrong.')
    .command(testCommand)
    .command(suiteCommand)
    .command(trendCommand)
    .command(serveCommand)
    .command(matrixCommand)
    .command(checkCommand)
    .command(reportCommand)
    .command(listCommand)
    .command(replayCommand)
    .command(shrinkCommand)
    .command(exploreCommand)
    .command(proveCommand)
    .command(doctorCommand)
    .command(setupCommand)
    .command(cleanCommand)
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
