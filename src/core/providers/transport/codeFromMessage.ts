/**
 * Errors for which the Messages API has no code but `invalid_request_error`: how their messages begin
 * (seen from 2024 to September 2026), and the codes that other servers use for them.
 */
const codesByPrefix: readonly (readonly [prefix: string, code: string])[] = [
  ['prompt is too long', 'context_length_exceeded'],
  ['input length and `max_tokens` exceed context limit', 'context_length_exceeded'],
  ['your credit balance is too low', 'billing_error'],
];

/** The code of an error that only its message identifies; undefined for all others. */
export function codeFromMessage(
  type: string | undefined,
  message: string | undefined,
): string | undefined {
  if (type !== 'invalid_request_error' || message === undefined) return undefined;
  const start = message.slice(0, 80).trimStart().toLowerCase();
  return codesByPrefix.find(([prefix]) => start.startsWith(prefix))?.[1];
}
