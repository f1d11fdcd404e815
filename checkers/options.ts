import type { Json } from '../harness/history/operation.js';
import { UserError } from '../harness/kit/errors.js';

/**
 * A whole number among the options of a check, also where the command line gave it as text. Undefined when absent.
 *
 * @throws UserError when it is no whole number from 0 to `max`
 */
export function numberOption(options: Readonly<Record<string, Json>>, name: string, max: number): number | undefined {
  const given = options[name];
  if (given === undefined || given === null) return undefined;
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new UserError(`option ${name} is ${JSON.stringify(given)}; give a whole number from 0 to ${max}`);
}
