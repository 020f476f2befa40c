/**
 * Max nesting of lists and objects in values from outside: a tool call's input, a block of a model's answer. Code
 * that walks such a value (JSON, the redactor, the panel, exports) recurses once per level, so the limit keeps it
 * far below any stack limit. Ordinary values are much flatter.
 */
export const maxJsonDepth = 100;

/** Max nesting of a journal record: a value from outside plus the levels of the record around it. */
export const maxRecordDepth = maxJsonDepth + 20;

/** Whether lists and objects in a value are nested deeper than `levels`. True for circular values. Does not recurse. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  const parents: object[] = [];
  const depths: number[] = [];
  const open = (child: unknown, depth: number): void => {
    if (typeof child !== 'object' || child === null) return;
    parents.push(child);
    depths.push(depth);
  };
  open(value, 1);
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    const depth = depths.pop() ?? 0;
    if (depth > levels) return true;
    if (Array.isArray(parent)) for (const child of parent) open(child, depth + 1);
    else for (const name of Object.keys(parent)) open(Reflect.get(parent, name), depth + 1);
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
