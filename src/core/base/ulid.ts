const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A new identifier of 26 characters that sorts by time: 48 bits of milliseconds, then 80 random bits,
 * in Crockford's base 32 (the ULID format).
 */
export function createUlid(timeMs: number = Date.now()): string {
  let time = '';
  for (let rest = Math.floor(timeMs), digit = 0; digit < 10; digit++) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return time + Array.from(bytes, (byte) => alphabet.charAt(byte % 32)).join('');
}

const shape = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Whether a text is a ULID in the form of `createUlid`, and so safe as the name of a folder. */
export function isUlid(text: string): boolean {
  return shape.test(text);
}

/** When an identifier was made, in ms since 1970, from its first ten characters. */
export function timeOfUlid(ulid: string): number {
  return [...ulid.slice(0, 10)].reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0);
}
