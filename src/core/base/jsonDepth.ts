/**
 * Max nesting of lists and objects in values from outside: a tool call's input, a block of a model's answer. Code
 * that walks such a value (JSON, the redactor, the panel, exports) recurses once per level, so the limit keeps it
 * far below any stack limit. Ordinary values are much flatter.
 */
export const maxJsonDepth = 100;

/** Max nesting of a journal record: a value from outside plus the levels of the record around it. */
export const maxRecordDepth = maxJsonDepth + 20;

/** Whether lists and objects in a value are nested deeper than `levels`. True for circular values. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels <= 0) return true;
  if (Array.isArray(value)) {
    for (const child of value) if (isNestedDeeper(child, levels - 1)) return true;
    return false;
  }
  for (const name in value) {
    if (isNestedDeeper((value as { readonly [name: string]: unknown })[name], levels - 1))
      return true;
  }
  return false;
}

/** Parsed JSON; undefined for what is no JSON or nested more deeply than a journal record may be. */
export function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isNestedDeeper(value, maxRecordDepth) ? undefined : value;
  } catch {
    return undefined;
  }
}
