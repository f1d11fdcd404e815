import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { InitialValue, Model } from '../model.js';

/** Option `initial` may be any value. */
export function anyValue(value: Json): InitialValue {
  return { default: value, what: 'a value', accepts: () => true };
}

/** Option `initial` as given, null included, or the default. */
export function initialOf({ default: otherwise }: InitialValue, options: Readonly<Record<string, Json>>): Json {
  return options['initial'] === undefined ? otherwise : options['initial'];
}

/** @throws UserError where option `initial` is given and means nothing to the specification, or is no value it can begin with */
export function checkInitial<State>(
  { name, initialValue }: Model<State>,
  options: Readonly<Record<string, Json>>,
): void {
  const given = options['initial'];
  if (given === undefined) return;
  if (initialValue === undefined) {
    throw new UserError(`--initial ${JSON.stringify(given)}: the model ${name} has no initial value; leave it out`);
  }
  if (initialValue.accepts(given)) return;
  throw new UserError(
    `--initial ${JSON.stringify(given)}: the model ${name} begins with ${initialValue.what} (default ${JSON.stringify(initialValue.default)})`,
  );
}
