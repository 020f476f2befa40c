/** Any escape sequence of JSON. The group captures a surrogate. */
const escapes = /\\(?:u(d[89a-f][0-9a-f]{2})|[\s\S])/g;

/**
 * Replaces lone surrogates in JSON. `JSON.stringify` escapes them, and some APIs reject such a request:
 * a lone surrogate in a model's tool arguments would make every later request of its conversation fail.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replaceAll(escapes, (found, half: string | undefined) =>
    half === undefined ? found : '\ufffd',
  );
}
