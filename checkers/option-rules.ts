import type { Json } from '../harness/history/operation.js';
import { UserError } from '../harness/kit/errors.js';
import { suggestion } from '../harness/kit/suggest.js';
import { show } from '../harness/history/values/show.js';
import { integerOf } from '../harness/history/values/numbers.js';

/** What an option of a check may be. */
export interface OptionRule {
  /** For messages: `a whole number`. */
  readonly what: string;
  accepts(value: Json): boolean;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

const wholeNumber = (value: Json) => {
  const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const integer = integerOf(given);
  return integer !== undefined && integer >= 0;
};
const isObject = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value);

export const anything: OptionRule = { what: 'a value', accepts: () => true };
export const yesOrNo: OptionRule = { what: 'true or false', accepts: (value) => typeof value === 'boolean' };
export const natural: OptionRule = { what: 'a whole number from 0', accepts: wholeNumber };
export const countOrNames: OptionRule = {
  what: 'a whole number from 0, or a list of names',
  accepts: (value) => wholeNumber(value) || Array.isArray(value),
};
export const countByName: OptionRule = { what: 'an object of whole numbers by name', accepts: isObject };
export const countOrByName: OptionRule = {
  what: 'a whole number from 0, or an object of them by name',
  accepts: (value) => wholeNumber(value) || isObject(value),
};
export const names: OptionRule = {
  what: 'names, with commas between them or as a list',
  accepts: (value) => typeof value === 'string' || Array.isArray(value),
};
/** What registers held before the history: nothing, not known, or a value that is no bare word. */
export const initialState: OptionRule = {
  what: 'empty, unknown, or a value as JSON',
  accepts: (value) => typeof value !== 'string' || value === 'empty' || value === 'unknown',
};

export function oneOf(...choices: readonly string[]): OptionRule {
  return { what: choices.join(' or '), accepts: (value) => typeof value === 'string' && choices.includes(value) };
}

/**
 * An option that no checker of a history takes is a misunderstanding, and not to be ignored.
 *
 * @throws UserError naming the options there are
 */
export function refuseOptions(
  judges: readonly { readonly name: string; readonly options?: OptionRules }[],
  given: Readonly<Record<string, Json>>,
): void {
  const rules: OptionRules = Object.assign({}, ...judges.map(({ options }) => options ?? {})) as OptionRules;
  const whose = [...new Set(judges.map(({ name }) => name))].join(', ');
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules);
      const there = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
      throw new UserError(`option ${name}: ${whose} has no such option${suggestion(name, known)}; ${there}`);
    }
    if (!rule.accepts(value)) throw new UserError(`option ${name} is ${show(value)}; give ${rule.what}`);
  }
}
