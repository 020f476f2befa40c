import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor, redacted, redactSecrets } from '../../../../src/core/base/redact.ts';

/** Joined here, so that secret scanners do not flag this file. */
const made = (...parts: readonly string[]): string => parts.join('');
const letters = 'Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4f';

const pem = made(
  '-----BEGIN RSA ',
  'PRIVATE KEY-----\nMIIEow',
  letters,
  '\n-----END RSA ',
  'PRIVATE KEY-----',
);
const jwt = made('eyJ', 'hbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiIxIn0', '.', letters);

/** A text with a secret, the secret, and the expected text. */
const samples: readonly (readonly [string, string, string])[] = [
  ['an OpenAI key', made('sk-proj-', letters), `the key ${redacted} is wrong`],
  [
    'an Anthropic key',
    made('sk-ant-api03-', letters, '-', letters),
    `the key ${redacted} is wrong`,
  ],
  ['a key with its middle left out', 'sk-ab12*******wxyz', `the key ${redacted} is wrong`],
  ['a GitHub token', made('ghp', '_', letters), `the key ${redacted} is wrong`],
  [
    'a GitHub token of the new kind',
    made('github', '_pat_', letters),
    `the key ${redacted} is wrong`,
  ],
  ['an AWS id', made('AKIA', 'IOSFODNN7EXAMPLE'), `the key ${redacted} is wrong`],
  ['a Slack token', made('xoxb', '-1234567890-', letters), `the key ${redacted} is wrong`],
  ['a Google key', made('AIza', letters, 'abc'), `the key ${redacted} is wrong`],
  ['a JSON web token', jwt, `the key ${redacted} is wrong`],
  ['a private key', pem, `the key ${redacted} is wrong`],
];

const inContext: readonly (readonly [string, string])[] = [
  ['Authorization: Bearer abc.def', `Authorization: ${redacted}`],
  ['{"authorization":"Basic dXNlcjpwYXNz"}', `{"authorization":"${redacted}"}`],
  ['proxy-authorization: Basic dXNlcjpwYXNz', `proxy-authorization: ${redacted}`],
  ['x-api-key: abcdef', `x-api-key: ${redacted}`],
  ['X-Goog-Api-Key=abcdef&a=1', `X-Goog-Api-Key=${redacted}&a=1`],
  ['Cookie: a=1; session=2', `Cookie: ${redacted}`],
  ['https://me:pass@word@host/x?y', `https://${redacted}@host/x?y`],
  ['https://token@host/', `https://${redacted}@host/`],
  ['GET /x?token=abc&page=2', `GET /x?token=${redacted}&page=2`],
  ['GET /x?page=2&my_key=abc', `GET /x?page=2&my_key=${redacted}`],
  ['https://h/x?sig=a%2Fb#top', `https://h/x?sig=${redacted}#top`],
  ['client_secret=abcdef', `client_secret=${redacted}`],
  ['{"api_key": "abcdef", "a": 1}', `{"api_key": "${redacted}", "a": 1}`],
  ["{'db-password':'hunter2'}", `{'db-password':'${redacted}'}`],
  ['Bearer abcdefghijklm0op', `Bearer ${redacted}`],
];

const harmless = [
  'Unexpected token: } in JSON at position 3',
  'max_tokens: 1000, tokens=12 in, key = value',
  'The task-force asked a risk-averse desk-top user about disk-space',
  'Bearer authentication is required; see https://docs.example.com/auth?page=2#key',
  'mail me@example.com, or look at https://example.com/a@b',
  '00:01.204  r1  p03/20 dead-code  t2  → read_file {"path":"src/token.ts"}',
  'The token count of the secret garden: 12 words, no password needed',
];

describe('what looks like a secret', () => {
  it.each(samples)('is removed: %s', (_name, secret, left) => {
    expect(redactSecrets(`the key ${secret} is wrong`)).toBe(left);
    expect(redactSecrets(`{"x":"${secret}"}`)).toBe(`{"x":"${redacted}"}`);
    expect(redactSecrets(secret)).toBe(redacted);
  });

  it.each(inContext)('is removed because of its context: %s', (text, left) => {
    expect(redactSecrets(text)).toBe(left);
  });

  it('is removed to the end of the text when the end of a private key is missing', () => {
    const cut = pem.slice(0, pem.length - 40);
    expect(redactSecrets(`a ${cut}`)).toBe(`a ${redacted}`);
  });

  it.each(harmless)('is not found in %j', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  const pieces = fc.oneof(
    fc.constantFrom(...samples.map(([, secret]) => secret)),
    fc.constantFrom(...inContext.map(([text]) => text)),
    fc.constantFrom('sk-', 'eyJ', '.', '=', ':', '://', '@', '?token=', '&', '"', "'", ' ', '\n'),
    fc.constantFrom('Bearer ', 'authorization', '-----BEGIN PRIVATE ', 'KEY-----', redacted, '['),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));

  it('is removed idempotently', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redactSecrets(text);
        expect(redactSecrets(once)).toBe(once);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is removed whatever surrounds it', () => {
    const around = fc.string({ unit: 'grapheme' });
    const secrets = fc.constantFrom(...samples.map(([, secret]) => secret));
    fc.assert(
      fc.property(around, secrets, around, (before, secret, after) => {
        expect(redactSecrets(`${before} ${secret} ${after}`)).not.toContain(secret);
      }),
    );
  });

  it.each([
    'sk-',
    'eyJ-',
    'eyJaaaaaaaa.',
    'a://',
    'authorization:',
    'Bearer ',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    '?a_key',
    '&token-',
    '"token" : ',
    'token-token_',
    'x'.repeat(31),
    'cookie: ',
    'A',
    '://a:',
    ' \t',
  ])('is found in linear time: %j', (unit) => {
    // A quadratic search would take minutes.
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    expect(redactSecrets(text).length).toBeLessThanOrEqual(text.length * 4);
  });
});

describe('a known key', () => {
  const key = 'entirely"unusual/key';
  const redactor = (...keys: readonly string[]): Redactor => {
    const made = new Redactor();
    for (const one of keys) made.add(one);
    return made;
  };

  it('is removed as it is, in JSON, in a URL and in Base64', () => {
    const { hideKeys } = redactor(key);
    for (const form of [
      key,
      JSON.stringify({ key }),
      encodeURIComponent(key),
      Buffer.from(key).toString('base64'),
    ]) {
      expect(hideKeys(`<${form}>`)).toContain(redacted);
      expect(hideKeys(`<${form}>`)).not.toContain('unusual');
    }
    expect(hideKeys('nothing here')).toBe('nothing here');
  });

  it('is registered once for all later texts, without surrounding whitespace', () => {
    const { hideSecrets } = redactor(` ${key}\n`);
    expect(hideSecrets(`${key} and token=abcdef`)).toBe(`${redacted} and token=${redacted}`);
  });

  it.each(['', 'ollama', redacted.slice(1, -1)])('is ignored when it is %j', (word) => {
    expect(redactor(word).hideKeys(`a ${word} b`)).toBe(`a ${word} b`);
  });

  it('that contains another one is removed whole', () => {
    expect(redactor('12345678', '1234567890').hideKeys('1234567890')).toBe(redacted);
    expect(redactor('1234567890', '12345678').hideKeys('1234567890')).toBe(redacted);
  });

  it('is removed from strings and property names anywhere in a value; the rest stays the same', () => {
    const value = { a: [1, null, { [key]: `x${key}` }], b: { c: true } };
    const clean = redactor(key).hideKeysIn(value);
    expect(clean).toEqual({ a: [1, null, { [redacted]: `x${redacted}` }], b: { c: true } });
    expect(clean.b).toBe(value.b);
    const harmlessValue = { a: [1, 'text'] };
    expect(redactor(key).hideKeysIn(harmlessValue)).toBe(harmlessValue);
  });

  it('never causes an exception: odd names, deep nesting', () => {
    let deep: unknown = key;
    let deepObject: unknown = key;
    for (let depth = 0; depth < 20_000; depth++) {
      deep = [deep];
      deepObject = { a: deepObject };
    }
    expect(() => redactor(key).hideKeysIn(deep)).not.toThrow();
    expect(() => redactor(key).hideKeysIn(deepObject)).not.toThrow();
    const odd = JSON.parse(`{"__proto__":{"a":${JSON.stringify(key)}}}`);
    const clean = redactor(key).hideKeysIn(odd);
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype);
    expect(JSON.stringify(clean)).toBe(`{"__proto__":{"a":"${redacted}"}}`);
  });

  it('is removed however the text is split into pieces, and nothing else changes', () => {
    const cut = fc.array(
      fc.oneof(
        fc.constantFrom('abcdefgh', 'abcdabcdefgh', 'abcd', 'abcdefg', 'h', 'x'),
        fc.string({ maxLength: 6 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(cut, (parts) => {
        const known = redactor('abcdefgh', 'abcdabcdefgh');
        const next = known.stream();
        const shown = parts.map(next).join('');
        expect(shown).not.toContain('abcdefgh');
        const whole = known.hideKeys(parts.join(''));
        expect(whole.replaceAll(redacted, '')).toContain(
          shown.replaceAll(redacted, '').slice(0, 3),
        );
        expect(
          parts.join('').length - shown.replaceAll(redacted, '').length,
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('holds back only text that can begin a key', () => {
    const next = redactor('abcdefgh').stream();
    expect(['Hello ', 'ab', 'c, dear'].map(next)).toEqual(['Hello ', '', 'abc, dear']);
    const free = redactor().stream();
    expect(free('ab')).toBe('ab');
  });
});
