/**
 * Something a person can mend: a file that does not parse, a missing key, a wrong option. The message
 * is shown as it stands, so it names what is wrong and what to do.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Whether an error's message is fit for a person. Works across bundles, where classes differ. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}

/** The system's code of an error, such as `ENOENT`. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
