import { defaultLimitValues } from '../../base/limits.ts';
import { redacted, redactSecrets } from '../../base/redact.ts';

/**
 * A server's own words, made fit to be shown: on one line, without control and invisible characters,
 * without keys, at most `maxLength` characters.
 */
export function cleanServerMessage(
  message: string,
  apiKey: string | undefined,
  maxLength: number = defaultLimitValues.errorCharacters,
): string {
  // Cut first, so that a huge body costs nothing; the rest shortens or keeps the length nearly.
  const text = message
    .slice(0, maxLength * 4)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  const shown = redactKeys(text, apiKey).toWellFormed();
  return shown.length > maxLength ? `${shown.slice(0, maxLength - 1)}…` : shown;
}

function redactKeys(text: string, apiKey: string | undefined): string {
  // Something as short as "ollama" is a placeholder, and may well be part of an honest message.
  const own = apiKey !== undefined && apiKey.length >= 8 ? text.replaceAll(apiKey, redacted) : text;
  // A server speaks of keys more often than others do, and quotes them cut or with asterisks.
  return redactSecrets(own)
    .replace(/\bsk-[\w*.-]{4,}/g, redacted)
    .replace(/\bBearer \S+/gi, `Bearer ${redacted}`);
}
