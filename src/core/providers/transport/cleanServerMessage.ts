import { defaultLimitValues } from '../../base/limits.ts';
import { redacted, redactSecrets } from '../../base/redact.ts';

/**
 * A server's text, safe to show: on one line, without control and invisible characters, with keys
 * redacted, at most `maxLength` UTF-16 units.
 */
export function cleanServerMessage(
  message: string,
  apiKey: string | undefined,
  maxLength: number = defaultLimitValues.errorCharacters,
): string {
  // Clipped first, so that a huge body costs nothing. The steps after this hardly shorten it.
  const text = message
    .slice(0, maxLength * 4)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  const shown = redactKeys(text, apiKey).toWellFormed();
  return shown.length > maxLength ? `${shown.slice(0, maxLength - 1)}…` : shown;
}

function redactKeys(text: string, apiKey: string | undefined): string {
  // A key as short as "ollama" is a placeholder and may occur in an ordinary message.
  const own = apiKey !== undefined && apiKey.length >= 8 ? text.replaceAll(apiKey, redacted) : text;
  // Servers quote keys clipped or with asterisks.
  return redactSecrets(own)
    .replace(/\bsk-[\w*.-]{4,}/g, redacted)
    .replace(/\bBearer \S+/gi, `Bearer ${redacted}`);
}
