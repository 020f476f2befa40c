import { isDeepStrictEqual } from 'node:util';
import { redacted } from '../../base/redact.ts';

/** What the user has made of arguments in which keys were hidden, with the keys; or why they cannot be put back. */
export type Restored = { readonly input: unknown } | { readonly problem: string };

/**
 * Puts hidden keys back into changed arguments. `shown` is what the user saw of `asked`, the arguments of the call.
 * A text with a placeholder must be as it was shown: in any other one, the placeholder itself would be run.
 */
export function restoreHidden(changed: unknown, shown: unknown, asked: unknown): Restored {
  // Without a hidden key, such a text is one like any other.
  if (isDeepStrictEqual(shown, asked)) return { input: changed };
  try {
    return { input: restore(changed, shown, asked) };
  } catch (error) {
    if (error instanceof LostKey) return { problem };
    throw error;
  }
}

const problem = `A key is hidden here as ${redacted}. Leave the whole text that contains it as it was, or write something else in its place.`;

/** A placeholder stands where no key can be put back. */
class LostKey extends Error {}

type Fields = { readonly [name: string]: unknown };

function restore(changed: unknown, shown: unknown, asked: unknown): unknown {
  if (isDeepStrictEqual(changed, shown)) return asked;
  if (typeof changed === 'string') return withoutPlaceholder(changed);
  if (Array.isArray(changed)) {
    const [shownItems, askedItems] = [listOf(shown), listOf(asked)];
    return changed.map((item, at) => restore(item, shownItems[at], askedItems[at]));
  }
  if (typeof changed !== 'object' || changed === null) return changed;
  const names = askedNames(fieldsOf(shown), fieldsOf(asked));
  return Object.fromEntries(
    Object.entries(changed).map(([name, value]) => {
      const known = names.get(name);
      if (known === undefined)
        return [withoutPlaceholder(name), restore(value, undefined, undefined)];
      return [known, restore(value, fieldsOf(shown)[name], fieldsOf(asked)[known])];
    }),
  );
}

function withoutPlaceholder(text: string): string {
  if (text.includes(redacted)) throw new LostKey();
  return text;
}

/** The names of fields by what is shown of them. Of names that look the same, none can be told. */
function askedNames(shown: Fields, asked: Fields): ReadonlyMap<string, string> {
  const names = Object.keys(asked);
  const shownNames = Object.keys(shown);
  const byPlace = shownNames.length === names.length ? shownNames : names;
  return new Map(names.map((name, at) => [byPlace[at] ?? name, name]));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isFields ? (value as Fields) : {};
}
