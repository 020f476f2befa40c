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

const each = (text: string, write: (character: string) => string): string =>
  [...text].map(write).join('');
const code = (character: string): number => character.charCodeAt(0);
const hex = (character: string): string => code(character).toString(16).padStart(2, '0');
const upper = (text: string): string => text.toUpperCase();
const backwards = (text: string): string => [...text].toReversed().join('');
const groups = (text: string, size: number, between: string): string =>
  (text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []).join(between);

/** Ways in which a server gives back a key so that nobody knows it at first sight. */
const disguises: readonly (readonly [string, (key: string) => string])[] = [
  ['in large letters', upper],
  ['in small letters', (key) => key.toLowerCase()],
  [
    'in letters that are swapped',
    (key) => each(key, (c) => (c === upper(c) ? c.toLowerCase() : upper(c))),
  ],
  ['backwards', backwards],
  ['backwards, in large letters', (key) => upper(backwards(key))],
  ['in hex', (key) => Buffer.from(key).toString('hex')],
  ['in large hex', (key) => upper(Buffer.from(key).toString('hex'))],
  ['in hex with colons', (key) => each(key, (c) => `:${hex(c)}`)],
  [
    'in a dump',
    (key) =>
      groups(
        each(key, (c) => `${hex(c)} `),
        48,
        '\n',
      ),
  ],
  ['in escapes of programs', (key) => each(key, (c) => `\\x${hex(c)}`)],
  ['in escapes of JSON', (key) => each(key, (c) => `\\u00${hex(c)}`)],
  ['in escapes of JSON, twice', (key) => each(key, (c) => `\\\\u00${hex(c)}`)],
  ['as an address', (key) => each(key, (c) => `%${hex(c)}`)],
  ['as an address, in large letters', (key) => each(key, (c) => `%${upper(hex(c))}`)],
  ['as an address, twice', (key) => each(key, (c) => `%25${hex(c)}`)],
  ['as an address, in part', (key) => each(key, (c) => (code(c) % 3 === 0 ? `%${hex(c)}` : c))],
  ['in HTML', (key) => each(key, (c) => `&#${code(c)};`)],
  ['in HTML, with noughts', (key) => each(key, (c) => `&#000${code(c)};`)],
  ['in HTML, in hex', (key) => each(key, (c) => `&#x${hex(c)};`)],
  ['in HTML, in large hex', (key) => each(key, (c) => `&#X${upper(hex(c))};`)],
  ['in HTML, twice', (key) => each(key, (c) => `&amp;#${code(c)};`)],
  ['in HTML, in part', (key) => each(key, (c) => (code(c) % 2 === 0 ? `&#${code(c)};` : c))],
  ['with blanks', (key) => each(key, (c) => `${c} `)],
  ['with dashes', (key) => each(key, (c) => `${c}-`)],
  ['with dots', (key) => each(key, (c) => `${c}.`)],
  ['a letter a line', (key) => each(key, (c) => `${c}\n`)],
  ['in quotes, as a list', (key) => each(key, (c) => `"${c}", `)],
  ['with zero-width spaces', (key) => each(key, (c) => `${c}\u200b`)],
  ['with soft hyphens', (key) => each(key, (c) => `${c}&shy;`)],
  ['in groups of four', (key) => groups(key, 4, ' ')],
  ['in lines', (key) => groups(key, 10, '\r\n    ')],
  ['in lines of JSON', (key) => groups(key, 10, '\\n')],
  ['without its signs', (key) => key.replaceAll(/[^0-9a-z]/gi, '')],
  ['in Base64 with lines', (key) => groups(Buffer.from(key).toString('base64'), 16, '\n')],
  ['in bold letters of Markdown', (key) => each(key, (c) => `**${c}**`)],
];

/** As vendors make them. Put together here, so that no scanner takes this file for a leak. */
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

/** Letters and digits of a key that show in a text, one after the other, however they stand there. */
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
      // What is around it stays, and nothing of it but the signs at its ends.
      expect(hidden.startsWith(before) && hidden.endsWith(after)).toBe(true);
      const left = hidden.slice(before.length, hidden.length - after.length).replace(redacted, '');
      expect(left).not.toMatch(/[0-9a-z]{4}/i);
      expect(aboutKeys.hideKeys(hidden)).toBe(hidden);
    }),
    { numRuns: 100 },
  );
});

test.each(disguises)('no key shows in a stream %s, however it is cut', (_, write) => {
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
      // Two letters of it may have been shown before it could be known.
      expect(shown.length).toBeLessThan(before.length + redacted.length + 60);
      const written = write(key);
      expect(shown).not.toContain(written.slice(Math.floor(written.length / 2)));
    }),
    { numRuns: 100 },
  );
});

test.each(disguises)('a key that is cut off is not told %s', (_, write) => {
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

test('words, code and numbers that have something of a key in them stay as they are', () => {
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

test('a word or a sentence that is used for a key is not found between others', () => {
  const { hideKeys } = redactorOf(['local-test-key', 'my own key']);
  for (const text of ['a local test key', 'LOCAL-TEST-KEY', 'yek-tset-lacol', 'My own key.']) {
    expect(hideKeys(text)).toBe(text);
  }
});

test.each(['s k ', 'sk', '%73%6b', '&#115;', '\\u0073', '%25', '\\', '&amp;', '&', 'Zk3vQ9xT '])(
  'keys are looked for in time linear in the text: %j',
  (unit) => {
    // A quadratic search would take minutes for this.
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    expect(aboutKeys.hideKeys(text)).toBe(text);
    const next = aboutKeys.stream();
    expect(next(text.slice(0, 500_000)).length).toBeGreaterThan(0);
  },
);

test.each(['C:\\new\\', '100 %', '&amp', '\\u00', 'x\\'])(
  'a key right after what may begin an escape is found: %j',
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
