import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes, Options } from 'yargs';

/** Arguments of a command whose options are declared as one record. */
export type Arguments<O extends Readonly<Record<string, Options>>> = ArgumentsCamelCase<InferredOptionTypes<O>>;

/** A yargs command from its name, options and handler, typed by the options. */
export function command<O extends Readonly<Record<string, Options>>>(definition: {
  readonly command: string;
  readonly describe: string;
  readonly options: O;
  readonly positionals?: Readonly<Record<string, { readonly describe: string }>>;
  readonly examples?: readonly (readonly [string, string])[];
  readonly run: (args: Arguments<O> & Readonly<Record<string, unknown>>) => Promise<void>;
}): CommandModule<object, object> {
  return {
    command: definition.command,
    describe: definition.describe,
    builder: (yargs) => {
      for (const [name, { describe }] of Object.entries(definition.positionals ?? {})) {
        yargs.positional(name, { describe, type: 'string', demandOption: true });
      }
      for (const [line, what] of definition.examples ?? []) yargs.example(line, what);
      return yargs.options(definition.options);
    },
    handler: async (args) => {
      await definition.run(args as Arguments<O> & Readonly<Record<string, unknown>>);
    },
  };
}
