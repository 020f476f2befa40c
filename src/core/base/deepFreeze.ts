/**
 * Freezes a tree of plain objects and arrays, in place, however deep it is. Class instances and
 * functions are left alone.
 */
export function deepFreeze<T>(value: T): T {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next) || !isPlain(next)) {
      continue;
    }
    Object.freeze(next);
    for (const key of Reflect.ownKeys(next)) left.push(Reflect.get(next, key));
  }
  return value;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
