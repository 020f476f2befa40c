import fc from 'fast-check';

/** Names with a meaning in JavaScript, in validators or on prototypes. */
export const oddNames: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON'],
  ...['then', 'length', 'name', '__defineGetter__', '__lookupSetter__', 'isPrototypeOf', 'caller'],
  ...[
    '0',
    '-1',
    '1e3',
    '4294967295',
    'NaN',
    '',
    ' ',
    'a.b',
    '$ref',
    '$schema',
    'null',
    'undefined',
  ],
  ...['\0', '\ud800', '\u202e', 'x'.repeat(300)],
];

const oddNumbers = [0, -0, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 31, -(2 ** 31), 0.1 + 0.2];

const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 0 }),
  fc.constantFrom(...oddNames, ...oddNumbers, null, true, 'polluted'),
);

/** Values that `JSON.parse` can return, with such names, including own `__proto__` keys. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; object: unknown }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
    ),
    object: objectOf(fc.constantFrom(...oddNames), tie('value')),
  }),
).value;

/** Objects with some of these names or odd ones. */
export function hostileObject(names: readonly string[]): fc.Arbitrary<object> {
  const name = fc.oneof(fc.constantFrom(...names), fc.constantFrom(...oddNames), fc.string());
  return objectOf(name, hostileJson);
}

/** Serialised and parsed, since JSON makes `__proto__` an ordinary name. */
function objectOf(name: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.array(fc.tuple(name, value), { maxLength: 5 }).map((fields) => {
    const text = fields.map(([key, field]) => `${JSON.stringify(key)}:${JSON.stringify(field)}`);
    return JSON.parse(`{${text.join(',')}}`) as object;
  });
}

const prototypes = [Object, Array, String, Number, Boolean, Function, Map, Promise, RegExp].map(
  ({ prototype }) => prototype as object,
);
const untouched = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

/** Properties added to the prototypes that all objects share. Empty when nothing is wrong. */
export function pollution(): readonly string[] {
  const found = prototypes.flatMap((prototype, index) =>
    Reflect.ownKeys(prototype).length === untouched[index] ? [] : [String(index)],
  );
  const inherited: string[] = [];
  for (const key in {}) inherited.push(key);
  return [...found, ...inherited];
}

/** Objects in a value that are neither plain nor arrays: their prototype came with the data. */
export function oddPrototypes(value: unknown, depth = 0): readonly unknown[] {
  if (typeof value !== 'object' || value === null || depth > 50) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  const own = isPlain || (Array.isArray(value) && prototype === Array.prototype) ? [] : [value];
  return [...own, ...Object.values(value).flatMap((field) => oddPrototypes(field, depth + 1))];
}
