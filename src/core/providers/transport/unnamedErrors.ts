/**
 * Errors that the Messages API calls nothing but `invalid_request_error`, by how their messages begin
 * (seen from 2024 to September 2026), and the names that other servers give them.
 */
const namesByBeginning: readonly (readonly [beginning: string, name: string])[] = [
  ['prompt is too long', 'context_length_exceeded'],
  ['input length and `max_tokens` exceed context limit', 'context_length_exceeded'],
  ['your credit balance is too low', 'billing_error'],
];

/** A name for an error that has none of its own and cannot be told from others by anything but words. */
export function nameOfUnnamed(
  type: string | undefined,
  message: string | undefined,
): string | undefined {
  if (type !== 'invalid_request_error' || message === undefined) return undefined;
  const words = message.slice(0, 80).trimStart().toLowerCase();
  return namesByBeginning.find(([beginning]) => words.startsWith(beginning))?.[1];
}
