/** Every escape sequence of JSON, one after another; of half a character, its code. */
const escapes = /\\(?:u(d[89a-f][0-9a-f]{2})|[\s\S])/g;

/**
 * The same JSON with half characters replaced. `JSON.stringify` writes a surrogate without its other
 * half as an escape, and some APIs refuse a request over it: a model that once wrote one, in a tool's
 * arguments, would have ended its conversation.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replaceAll(escapes, (found, half: string | undefined) =>
    half === undefined ? found : '\ufffd',
  );
}
