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
