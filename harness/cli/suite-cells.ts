import yargs from 'yargs';
import { messageOf, UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import { argumentsOf } from '../suite/attempt.js';
import type { Cell } from '../suite/suite.js';
import { prepareTest } from './prepare.js';
import { type TestArguments, testOptions } from './test.js';

/** Flags that a cell has entries of its own for, or that the suite decides. */
const RESERVED = ['workloads', 'w', 'nemeses', 'n', 'set', 's', 'seed', 'out'];

/** Throws {@link UserError} with the suite file's line for a cell that `faultline test` would refuse. */
export async function validateCell(cell: Cell): Promise<void> {
  try {
    for (const name of Object.keys(cell.flags)) {
      if (RESERVED.includes(name)) throw new UserError(`test.${name}: belongs outside of "test" (docs/suites.md)`);
      if (Object.hasOwn(testOptions, name)) continue;
      throw new UserError(`test.${name}: no flag of faultline test${suggestion(name, Object.keys(testOptions))}`);
    }
    const [, system = '', ...args] = argumentsOf(cell, 'runs');
    const parsed = await yargs(args).options(testOptions).exitProcess(false).help(false).version(false).parseAsync();
    await prepareTest(system, parsed as unknown as TestArguments);
  } catch (error) {
    throw new UserError(`${cell.source}: ${messageOf(error)}`, undefined, { cause: error });
  }
}
