/** A parsed JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first unknown name in `object`. */
export function unknownName(object: JsonObject, allowed: ReadonlySet<string>): string | undefined {
  for (const name in object) if (!allowed.has(name)) return name;
  return undefined;
}
