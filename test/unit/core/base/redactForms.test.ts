import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Redactor, redacted, redactSecrets } from '../../../../src/core/base/redact.ts';
import { canaries, environmentKeys, foreignSecrets } from '../../../support/canaries.ts';

// A busy machine must not fail a test.
vi.setConfig({ testTimeout: 60_000 });

function redactorOf(keys: Iterable<string>): Redactor {
  const redactor = new Redactor();
  for (const key of keys) redactor.add(key);
  return redactor;
}

const redactor = redactorOf(canaries.values());

/** Ways in which a server, a tool or a library writes a text, and how to read it again. */
const forms: readonly (readonly [string, (text: string) => string, (text: string) => string])[] = [
  ['as it is', (text) => text, (text) => text],
  ['JSON', (text) => JSON.stringify({ text }), (text) => text.replaceAll('\\"', '"')],
  ['an address', encodeURIComponent, decodeURIComponent],
  [
    'an address in small letters',
    (text) => encodeURIComponent(text).replaceAll(/%../g, (code) => code.toLowerCase()),
    decodeURIComponent,
  ],
  [
    'Base64',
    (text) => Buffer.from(text).toString('base64'),
    (text) => Buffer.from(text, 'base64').toString(),
  ],
  [
    'Base64 of addresses',
    (text) => Buffer.from(text).toString('base64url'),
    (text) => Buffer.from(text, 'base64url').toString(),
  ],
];

test.each(forms)('a known key is found in %s, whatever stands around it', (_, write, read) => {
  const around = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', ':', '/', '+', '~', 'é'),
    maxLength: 7,
  });
  fc.assert(
    fc.property(around, fc.constantFrom(...canaries.values()), around, (before, key, after) => {
      const written = write(before + key + after);
      const hidden = redactor.hideKeys(written);
      expect(hidden).toContain(redacted);
      // What is left of it is read again piece by piece.
      for (const piece of hidden.split(redacted))
        expect(readOrNothing(read, piece)).not.toContain(key);
    }),
    { numRuns: 400 },
  );
});

function readOrNothing(read: (text: string) => string, text: string): string {
  try {
    return read(text);
  } catch {
    return '';
  }
}

test('no key shows in a stream, whichever form it has and however it is cut', () => {
  const known = [...environmentKeys.values()];
  const streamed = redactorOf(known);
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(...known.flatMap((key) => forms.map(([, write]) => write(key)))),
        fc.constantFrom(' ', 'and', 'sk-', 'an-unusual', '"'),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 12 }), (whole, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length];
      places.sort((a, b) => a - b);
      const next = streamed.stream();
      const shown = places.slice(1).map((end, index) => next(whole.slice(places[index], end)));
      for (const key of known) {
        for (const [, write] of forms) expect(shown.join('')).not.toContain(write(key));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the secrets of others are found by their looks, in a header, in JSON and in an address', () => {
  const named = new Set(['bearer', 'basic', 'password', 'userinfo']);
  for (const [name, secret] of foreignSecrets) {
    if (named.has(name)) continue;
    for (const text of [
      `key ${secret} is wrong`,
      JSON.stringify({ message: `of ${secret}.` }),
      `x-api-key: ${secret}`,
      `Authorization: Bearer ${secret}`,
      `https://${secret}@host/x`,
      `https://host/x?token=${secret}&page=2`,
      `\u001b[31m${secret}\u001b[0m`,
      `[1;38;5;196m${secret}[0m`,
      `\u001b[31mAuthorization:\u001b[0m ${secret}`,
      `[31mx-api-key: ${secret}`,
      `(${secret})`,
      `'${secret}'`,
    ]) {
      expect(redactSecrets(text), `${name} in ${text}`).not.toContain(secret);
    }
  }
});

test('a short word is not taken for a part of a key', () => {
  const { hideKeys } = redactorOf(['abcdefgh']);
  const text = 'abc, bcdefg and YWJj stay as they are; so does /path/to/a/file and 2026-11-20';
  expect(hideKeys(text)).toBe(text);
});
