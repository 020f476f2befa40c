/** The format of a body. `events` is a stream of server-sent events. */
export type BodyForm = 'events' | 'json' | 'other';

/** Bytes after which the format is decided. */
const maxProbeBytes = 1024;

/** Fields of server-sent events. */
const fieldNames = ['event', 'data', 'id', 'retry'] as const;

/**
 * Detects the format of a body by its first bytes; undefined while there are too few. The content type
 * decides only when the bytes do not: many servers and gateways label their streams wrongly.
 */
export function bodyFormOf(
  bytes: Buffer,
  contentType: string | undefined,
  isEnd: boolean,
): BodyForm | undefined {
  const isLabelled = contentType === undefined || /^\s*text\/event-stream\b/i.test(contentType);
  if (isLabelled && isLetter(bytes[0])) return 'events';
  const text = bytes
    .toString('latin1', 0, maxProbeBytes)
    .replace(/^(\xef\xbb\xbf)?\s+|^\xef\xbb\xbf/, '');
  const isEnough = isEnd || bytes.length >= maxProbeBytes;
  if (text === '' && !isEnough) return isLabelled ? 'events' : undefined;
  if (text.startsWith('{') || text.startsWith('[')) return 'json';
  if (isLabelled || text.startsWith(':')) return 'events';
  if (fieldNames.some((name) => text.startsWith(`${name}:`))) return 'events';
  const mayBecomeField = fieldNames.some((name) => `${name}:`.startsWith(text));
  return mayBecomeField && !isEnough ? undefined : 'other';
}

/** Whether a byte is a lower-case letter, with which nearly every stream begins. */
function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x61 && byte <= 0x7a;
}
