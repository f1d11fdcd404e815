/** Exit codes of every command. */
export const EXIT = { valid: 0, invalid: 1, inconclusive: 2, badArguments: 254, harnessError: 255 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Something the user can mend: one line saying what is wrong, where, and what to do. The command line prints it
 * without a stack and exits with `exitCode`.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    /** One line: what, where (file:line, flag) and what to do. */
    message: string,
    readonly exitCode: typeof EXIT.badArguments | typeof EXIT.harnessError = EXIT.badArguments,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
