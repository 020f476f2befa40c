/**
 * How deep lists and objects may be nested in what comes from outside: a tool call's input, a block of
 * a model's answer. Whatever walks through such a value later (JSON, the redactor, the panel, exports)
 * does so in one call a level, and so stays far from the end of any stack. Nothing honest comes near it.
 */
export const maxJsonDepth = 100;

/** Levels that a record of the journal may have: a value from outside, and what is around it. */
export const maxRecordDepth = maxJsonDepth + 20;

/**
 * Whether lists and objects in a value are nested in more levels than so many; one that holds itself
 * is. Needs no stack, however deep the value is.
 */
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
