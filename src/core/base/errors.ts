/**
 * An error that the user can fix, such as a file that does not parse, a missing key or a wrong option. The
 * message is shown unchanged, so it says what is wrong and what to do.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Whether an error is a `UserError`. Works across bundles, where `instanceof` does not. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}

/** The system error code of a thrown value, such as `ENOENT`. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Rethrows every error except `ENOENT`. For `catch`, where a missing file is fine. */
export function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
