/** What a body turns out to be by how it begins. */
export type BodyForm = 'events' | 'json' | 'other';

/** A longer beginning is not waited for. */
const mostBytes = 1024;

/** The fields that a stream of events can begin with. */
const fieldNames = ['event', 'data', 'id', 'retry'] as const;

/**
 * Tells by its first bytes what a body is; undefined while there are too few. The content type decides
 * only what the bytes leave open: many servers and gateways label their streams wrongly.
 */
export function bodyFormOf(
  bytes: Buffer,
  contentType: string | undefined,
  isEnd: boolean,
): BodyForm | undefined {
  const text = bytes
    .toString('latin1', 0, mostBytes)
    .replace(/^(\xef\xbb\xbf)?\s+|^\xef\xbb\xbf/, '');
  const isLabelled = contentType === undefined || /^\s*text\/event-stream\b/i.test(contentType);
  const isEnough = isEnd || bytes.length >= mostBytes;
  if (text === '' && !isEnough) return isLabelled ? 'events' : undefined;
  if (text.startsWith('{') || text.startsWith('[')) return 'json';
  if (isLabelled || text.startsWith(':')) return 'events';
  if (fieldNames.some((name) => text.startsWith(`${name}:`))) return 'events';
  const mayBecomeField = fieldNames.some((name) => `${name}:`.startsWith(text));
  return mayBecomeField && !isEnough ? undefined : 'other';
}
