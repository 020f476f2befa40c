/** A character of a text, decoded if it is an escape. */
export interface ReadCharacter {
  /** Its code; 0 when it is neither a letter nor a digit. */
  readonly unit: number;
  /** UTF-16 units that it takes in the text. */
  readonly width: number;
}

/** An escape in a URL, encoded any number of times. */
const percent = /%(?:25)*([0-9a-f]{2})/iy;
/** An escape in HTML, by number or by name. */
const entity = /&(?:amp;)*(?:#(?:x0{0,8}([0-9a-f]{1,6})|0{0,8}(\d{1,7}));?|[a-z]{2,8};)/iy;
/** An escape in JSON and source code, newlines included. */
const backslash = /\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[nrtbf])?/y;

/** The beginning of an escape at the end of a text. */
const cutPercent = /%(?:25)*[0-9a-f]?$/iy;
const cutEntity = /&(?:amp;)*(?:#?x?[0-9a-f]{0,14}|[a-z]{0,8})$/iy;
const cutBackslash = /\\+(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?$/iy;

/** Max length of an escape at the end of a text that may be incomplete. */
const maxEscape = 40;

/** Whether there may be an escape in a text. */
export function mayHaveEscapes(text: string): boolean {
  return text.includes('%') || text.includes('&') || text.includes('\\');
}

/** Reads the character at a position of a text. */
export function readEscape(text: string, at: number): ReadCharacter {
  switch (text.charAt(at)) {
    case '%':
      return read(percent, text, at, 16);
    case '&':
      return read(entity, text, at, 16);
    case '\\':
      return read(backslash, text, at, 16);
    default:
      return { unit: text.charCodeAt(at), width: 1 };
  }
}

function read(shape: RegExp, text: string, at: number, base: number): ReadCharacter {
  shape.lastIndex = at;
  const found = shape.exec(text);
  if (found === null) return { unit: 0, width: 1 };
  const [whole, hex, second] = found;
  // Only an entity may be decimal.
  const isDecimal = shape === entity && second !== undefined;
  const unit = Number.parseInt(hex ?? second ?? '0', isDecimal ? 10 : base);
  return { unit, width: whole.length };
}

/** Whether the text from this position on may be the beginning of an escape. */
export function mayBeCutEscape(text: string, at: number): boolean {
  if (text.length - at > maxEscape) return false;
  const shape = { '%': cutPercent, '&': cutEntity, '\\': cutBackslash }[text.charAt(at)];
  if (shape === undefined) return false;
  shape.lastIndex = at;
  return shape.test(text);
}
