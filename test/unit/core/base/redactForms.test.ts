import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Redactor, redacted, redactSecrets } from '../../../../src/core/base/redact.ts';
import { canaries, environmentKeys, foreignSecrets } from '../../../support/canaries.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

function redactorOf(keys: Iterable<string>): Redactor {
  const redactor = new Redactor();
  for (const key of keys) redactor.add(key);
  return redactor;
}

const redactor = redactorOf(canaries.values());

/** Forms in which servers, tools and libraries write a text, with the function to read each. */
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

test.each(forms)('a known key is found in %s, whatever surrounds it', (_, write, read) => {
  const around = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', ':', '/', '+', '~', 'é'),
    maxLength: 7,
  });
  fc.assert(
    fc.property(around, fc.constantFrom(...canaries.values()), around, (before, key, after) => {
      const written = write(before + key + after);
      const hidden = redactor.hideKeys(written);
      expect(hidden).toContain(redacted);
      // Decode the remaining text piece by piece.
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

test('a stream shows no key, whatever its form and however it is split', () => {
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

test('unknown secrets are found by their form, in a header, in JSON and in a URL', () => {
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

test('a short word is not mistaken for part of a key', () => {
  const { hideKeys } = redactorOf(['abcdefgh']);
  const text = 'abc, bcdefg and YWJj stay as they are; so does /path/to/a/file and 2026-11-20';
  expect(hideKeys(text)).toBe(text);
});

const each = (text: string, write: (character: string) => string): string =>
  [...text].map(write).join('');
const code = (character: string): number => character.charCodeAt(0);
const hex = (character: string): string => code(character).toString(16).padStart(2, '0');
const upper = (text: string): string => text.toUpperCase();
const backwards = (text: string): string => [...text].toReversed().join('');
const groups = (text: string, size: number, between: string): string =>
  (text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []).join(between);

/** Ways in which a server may disguise a key. */
const disguises: readonly (readonly [string, (key: string) => string])[] = [
  ['in upper case', upper],
  ['in lower case', (key) => key.toLowerCase()],
  ['with swapped case', (key) => each(key, (c) => (c === upper(c) ? c.toLowerCase() : upper(c)))],
  ['backwards', backwards],
  ['backwards, in upper case', (key) => upper(backwards(key))],
  ['in hex', (key) => Buffer.from(key).toString('hex')],
  ['in upper-case hex', (key) => upper(Buffer.from(key).toString('hex'))],
  ['in hex with colons', (key) => each(key, (c) => `:${hex(c)}`)],
  [
    'in a hex dump',
    (key) =>
      groups(
        each(key, (c) => `${hex(c)} `),
        48,
        '\n',
      ),
  ],
  ['in code escapes', (key) => each(key, (c) => `\\x${hex(c)}`)],
  ['in JSON escapes', (key) => each(key, (c) => `\\u00${hex(c)}`)],
  ['in JSON escapes, twice', (key) => each(key, (c) => `\\\\u00${hex(c)}`)],
  ['percent-encoded', (key) => each(key, (c) => `%${hex(c)}`)],
  ['percent-encoded, in upper case', (key) => each(key, (c) => `%${upper(hex(c))}`)],
  ['percent-encoded twice', (key) => each(key, (c) => `%25${hex(c)}`)],
  ['percent-encoded in part', (key) => each(key, (c) => (code(c) % 3 === 0 ? `%${hex(c)}` : c))],
  ['in HTML', (key) => each(key, (c) => `&#${code(c)};`)],
  ['in HTML, with noughts', (key) => each(key, (c) => `&#000${code(c)};`)],
  ['in HTML, in hex', (key) => each(key, (c) => `&#x${hex(c)};`)],
  ['in HTML, in upper-case hex', (key) => each(key, (c) => `&#X${upper(hex(c))};`)],
  ['in HTML, twice', (key) => each(key, (c) => `&amp;#${code(c)};`)],
  ['in HTML, in part', (key) => each(key, (c) => (code(c) % 2 === 0 ? `&#${code(c)};` : c))],
  ['with blanks', (key) => each(key, (c) => `${c} `)],
  ['with dashes', (key) => each(key, (c) => `${c}-`)],
  ['with dots', (key) => each(key, (c) => `${c}.`)],
  ['one letter per line', (key) => each(key, (c) => `${c}\n`)],
  ['in quotes, as a list', (key) => each(key, (c) => `"${c}", `)],
  ['with zero-width spaces', (key) => each(key, (c) => `${c}\u200b`)],
  ['with soft hyphens', (key) => each(key, (c) => `${c}&shy;`)],
  ['in groups of four', (key) => groups(key, 4, ' ')],
  ['in lines', (key) => groups(key, 10, '\r\n    ')],
  ['in lines within JSON', (key) => groups(key, 10, '\\n')],
  ['without its punctuation', (key) => key.replaceAll(/[^0-9a-z]/gi, '')],
  ['in Base64 with lines', (key) => groups(Buffer.from(key).toString('base64'), 16, '\n')],
  ['in bold Markdown letters', (key) => each(key, (c) => `**${c}**`)],
];

/** Keys as vendors make them. Joined here, so that secret scanners do not flag this file. */
const longKeys = [
  ['sk', 'ant', 'api03', 'Zk3vQ9xT_pLm8Rw2Yb7N', 'c4HsGf6DjA1eUoXi5'].join('-'),
  ['sk', 'proj', 'a8F3kLq0Zx7Vb2Nm5Tt9Ww1Rr4Yy6Uu'].join('-'),
  'f3b1c9d47e2a8056b1c9d47e2a8056ff',
  'q7Zt-canary-0123456789-abcdefghij',
];
const aboutKeys = redactorOf(longKeys);
const anyKey = fc.constantFrom(...longKeys);
const honest = fc.constantFrom(
  ...[
    'The key is ',
    '',
    ' and so on.',
    '\n\n```\n',
    'sk-ant-api03-',
    '100 % ',
    ' &amp; ',
    'C:\\new\\x ',
    '世界',
  ],
);

/** Max number of consecutive key letters and digits that a text shows in any arrangement. */
function letterRun(text: string, key: string): number {
  const plain = (of: string): string => of.toLowerCase().replaceAll(/[^0-9a-z]/g, '');
  const [shown, wanted] = [plain(text), plain(key)];
  let longest = 0;
  for (let start = 0; start < wanted.length; start++) {
    while (
      shown.includes(wanted.slice(start, start + longest + 1)) &&
      start + longest < wanted.length
    )
      longest++;
  }
  return longest;
}

test.each(disguises)('a known key is found %s', (_, write) => {
  fc.assert(
    fc.property(honest, anyKey, honest, (before, key, after) => {
      const written = write(key);
      const hidden = aboutKeys.hideKeys(`${before}${written}${after}`);
      expect(hidden).toContain(redacted);
      // The surrounding text stays, except for punctuation next to the key.
      expect(hidden.startsWith(before) && hidden.endsWith(after)).toBe(true);
      const left = hidden.slice(before.length, hidden.length - after.length).replace(redacted, '');
      expect(left).not.toMatch(/[0-9a-z]{4}/i);
      expect(aboutKeys.hideKeys(hidden)).toBe(hidden);
    }),
    { numRuns: 100 },
  );
});

test.each(disguises)('a stream shows no key %s, however it is split', (_, write) => {
  fc.assert(
    fc.property(honest, anyKey, fc.array(fc.nat(), { maxLength: 40 }), (before, key, cuts) => {
      const whole = `${before}${write(key)} and more. `;
      const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length];
      places.sort((a, b) => a - b);
      const next = aboutKeys.stream();
      const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
      const shown = pieces.map(next).join('');
      expect(shown).toContain(redacted);
      expect(shown.endsWith('and more. ')).toBe(true);
      // Two letters may have been shown before the key could be recognised.
      expect(shown.length).toBeLessThan(before.length + redacted.length + 60);
      const written = write(key);
      expect(shown).not.toContain(written.slice(Math.floor(written.length / 2)));
    }),
    { numRuns: 100 },
  );
});

test.each(disguises)('a truncated key is not shown %s', (_, write) => {
  for (const key of longKeys) {
    const written = write(key);
    const half = written.slice(0, Math.floor(written.length * 0.8));
    const cut = aboutKeys.withoutCutKey(`It is ${half}`);
    expect(cut.length).toBeLessThan(`It is ${half}`.length / 2 + 10);
    const end = aboutKeys.hideKeysInParts(`…${written.slice(written.length - half.length)} it was`);
    expect(end.endsWith(' it was')).toBe(true);
    expect(end.length).toBeLessThan(half.length / 2 + 20);
  }
});

test('words, code and numbers that share letters with a key stay unchanged', () => {
  const words = fc.array(
    fc.oneof(
      honest,
      fc.constantFrom(
        'sk-ant-api03-',
        'Zk3vQ9xT',
        '0123456789',
        'abcdefghij',
        'canary',
        'f3b1c9d4',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.stringMatching(/^(?:%[0-9a-f]{2}|&#\d{2};|\\u00[0-9a-f]{2}){0,6}$/),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(words, (parts) => {
      const text = parts.join(' / ');
      fc.pre(!longKeys.some((key) => letterRun(text, key) >= 16));
      expect(aboutKeys.hideKeys(text)).toBe(text);
      const next = aboutKeys.stream();
      const shown = parts.map((part) => next(`${part} / `)).join('');
      expect(`${text} / `.startsWith(shown)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('a key that is a word or sentence is not found in other words', () => {
  const { hideKeys } = redactorOf(['local-test-key', 'my own key']);
  for (const text of ['a local test key', 'LOCAL-TEST-KEY', 'yek-tset-lacol', 'My own key.']) {
    expect(hideKeys(text)).toBe(text);
  }
});

test.each(['s k ', 'sk', '%73%6b', '&#115;', '\\u0073', '%25', '\\', '&amp;', '&', 'Zk3vQ9xT '])(
  'keys are found in linear time: %j',
  (unit) => {
    // A quadratic search would take minutes.
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    expect(aboutKeys.hideKeys(text)).toBe(text);
    const next = aboutKeys.stream();
    expect(next(text.slice(0, 500_000)).length).toBeGreaterThan(0);
  },
);

test.each(['C:\\new\\', '100 %', '&amp', '\\u00', 'x\\'])(
  'a key right after a possible escape is found: %j',
  (before) => {
    for (const key of longKeys) {
      for (const written of [upper(key), key.toLowerCase(), groups(key, 4, ' ')]) {
        const hidden = aboutKeys.hideKeys(`${before}${written} it is`);
        expect(hidden).toContain(redacted);
        expect(hidden.length).toBeLessThan(before.length + redacted.length + 12);
        const next = aboutKeys.stream();
        const shown = [...`${before}${written} it is`].map(next).join('');
        expect(shown.length).toBeLessThan(before.length + redacted.length + 12);
      }
    }
  },
);
