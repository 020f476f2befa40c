import type { Redact } from './encodeRecord.ts';
import { redactedJson } from './encodeRecord.ts';

/** Begins a reference to the prompt of a conversation. */
const mark = '\u0000';
/** Begins a text of the definition that itself begins with the mark. */
const literal = `${mark}=`;
/** A shorter text may equal a prompt by chance: it is replaced only in fields named `text`. */
const minLength = 32;

/** The definition of a run without secrets and with references in place of its prompts. */
export function withoutPrompts(
  definition: unknown,
  prompts: readonly string[],
  redact: Redact,
): unknown {
  const places = new Map(prompts.map((prompt, index) => [prompt, index]));
  const json = redactedJson(definition, redact, (text, key) => {
    const place = text.length >= minLength || key === 'text' ? places.get(text) : undefined;
    if (place !== undefined) return `${mark}${place}`;
    return text.startsWith(mark) ? literal + text : text;
  });
  return json === undefined ? null : JSON.parse(json);
}

/** The definition with its prompts. A lost prompt is empty. */
export function withPrompts(value: unknown, prompts: readonly string[]): unknown {
  if (typeof value === 'string') {
    if (value.startsWith(literal)) return value.slice(literal.length);
    return value.startsWith(mark) ? (prompts[Number(value.slice(1))] ?? '') : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withPrompts(item, prompts));
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, withPrompts(field, prompts)]),
  );
}
