import { describe, expect, it } from 'vitest';
import { loosePath, readLooseUrl } from '../../../../../src/core/approvals/rules/url/looseUrl.ts';
import { readUrl } from '../../../../../src/core/approvals/rules/url/readUrl.ts';
import { readRequestedUrl } from '../../../../../src/core/approvals/rules/url/requestedUrl.ts';
import type { UrlSpecifier } from '../../../../../src/core/approvals/rules/url/urlSpecifier.ts';
import {
  coversUrl,
  readUrlSpecifier,
  touchesUrl,
} from '../../../../../src/core/approvals/rules/url/urlSpecifier.ts';

describe('an address that is not requested', () => {
  const withUser = 'An address with a user name or password is not requested.';

  it.each([
    ['https://u:p@example.com/', withUser],
    ['https://u@example.com/', withUser],
    ['https://@example.com/', withUser],
    // Parsers drop line breaks.
    ['https:/\n/u@example.com/', withUser],
    ['https:/\n/:p@example.com/', withUser],
    ['ftp://example.com/', 'Only https and http are requested, not ftp:'],
    ['javascript:x', 'Only https and http are requested, not javascript:'],
    ['example.com', 'It is no complete address.'],
    ['', 'It is no complete address.'],
    [`https://example.com/${'x'.repeat(7_981)}`, 'The address is too long.'],
  ])('%#', (text, problem) => {
    expect(readRequestedUrl(text)).toEqual({ problem });
    expect(readUrl(text).loose).toBeUndefined();
  });

  it('may be as long as eight thousand characters', () => {
    expect(readRequestedUrl(`https://example.com/${'x'.repeat(7_980)}`)).toHaveProperty('host');
  });
});

describe('an address that is requested', () => {
  it.each([
    [
      'https://EXAMPLE.com',
      { scheme: 'https', host: 'example.com', port: 443, segments: [''], query: undefined },
    ],
    [
      'http://example.com:443/a/b?',
      { scheme: 'http', host: 'example.com', port: 443, segments: ['a', 'b'], query: '' },
    ],
    [
      'http://example.com/a%20b?c=d#e?f',
      { scheme: 'http', host: 'example.com', port: 80, segments: ['a b'], query: 'c=d' },
    ],
    [
      'https://example.com/a#b?c',
      { scheme: 'https', host: 'example.com', port: 443, segments: ['a'], query: undefined },
    ],
  ])('%s', (text, url) => {
    expect(readRequestedUrl(text)).toEqual(url);
  });

  it.each([
    ['https://example.com/ä', /plain ASCII/],
    ['https://example.com/a b', /plain ASCII/],
    ['https://example.com\\a', /backslash/],
    ['https:example.com/', /does not begin with https/],
    ['https:///example.com/', /does not begin with https/],
    ['https://example.com/a//b', /encoded separators, dots or empty names/],
    ['https://example.com/a%2fb', /encoded separators/],
    ['https://example.com/a%5cb', /encoded separators/],
    ['https://example.com/a;b', /encoded separators/],
    ['https://example.com/a%25b', /encoded separators/],
    ['https://example.com/a%00b', /encoded separators/],
    ['https://example.com/a%E2%80%8Bb', /encoded separators/],
    ['https://example.com/..;a', /encoded separators/],
    ['https://example.com/a%ff', /encoded separators/],
    ['https://example.com/%2e%2ea', /encoded dot/],
    ['https://example.com/a/%2E%2e/b', /encoded dot/],
    ['https://example%2ecom/a', /encoded dot/],
  ])('%s may be understood otherwise', (text, doubt) => {
    expect(readRequestedUrl(text)).toMatchObject({ doubt: expect.stringMatching(doubt) });
  });

  it.each([
    'https://example.com/a/',
    'HTTPS://example.com/',
    'http://example.com/...',
    'https://example.com/%20',
    'https://example.com/compare/v1..v2',
    'https://example.com/a?b=%2e%2e',
  ])('%s is clear', (text) => {
    expect(readRequestedUrl(text)).not.toHaveProperty('doubt');
  });

  it('keeps a name that cannot be decoded as it is', () => {
    expect(readRequestedUrl('https://example.com/a%ff/b')).toMatchObject({
      segments: ['a%ff', 'b'],
    });
  });
});

describe('an address as any server might understand it', () => {
  it.each([
    ['/A/./b/../c//d;x', '/a/c/d'],
    ['/../a', '/a'],
    ['a\\b', '/a/b'],
    ['/', '/'],
  ])('the path %s: %s', (path, loose) => {
    expect(loosePath(path)).toBe(loose);
  });

  it('has its path as it is and decoded up to three times, each once', () => {
    expect(readLooseUrl('https://example.com/a%252Fb')?.paths).toEqual([
      '/a%252fb',
      '/a%2fb',
      '/a/b',
    ]);
    expect(readLooseUrl('https://example.com/a%25252Fb')?.paths.at(-1)).toBe('/a/b');
    expect(readLooseUrl('https://example.com/a%2525252Fb')?.paths.at(-1)).toBe('/a%2fb');
    expect(readLooseUrl('https://example.com/a')?.paths).toEqual(['/a']);
  });

  it.each([
    ['https://example.com./', { host: 'example.com', port: 443, query: undefined }],
    ['http://example.com/?', { host: 'example.com', port: 80, query: undefined }],
    ['http://example.com:8080/?a', { host: 'example.com', port: 8080, query: 'a' }],
  ])('%s', (text, url) => {
    expect(readLooseUrl(text)).toMatchObject(url);
  });

  it('is none when it is no address', () => {
    expect(readLooseUrl('example')).toBeUndefined();
  });
});

describe('the addresses of a rule', () => {
  const read = (text: string, effect: 'allow' | 'deny' = 'deny') => {
    const found = readUrlSpecifier(text, effect);
    return 'value' in found ? found.value : found.problem;
  };

  it.each([
    [
      'domain:example.com',
      { form: 'domain', host: 'example.com', anySubdomain: false, port: 443, namesPort: false },
    ],
    ['domain:*.example.com', { form: 'domain', host: 'example.com', anySubdomain: true }],
    [
      'domain:example.com:8443',
      { port: 8443, namesPort: true, path: { kind: 'any' }, query: { kind: 'any' } },
    ],
    [
      'https://example.com',
      { form: 'address', path: { kind: 'exact', segments: [''] }, query: { kind: 'none' } },
    ],
    ['https://example.com/*', { path: { kind: 'below', segments: [] } }],
    ['https://example.com/a/*', { path: { kind: 'below', segments: ['a'] } }],
    [
      'http://example.com/a?b',
      { scheme: 'http', port: 80, namesPort: false, query: { kind: 'exact', text: 'b' } },
    ],
    [
      'http://example.com:80/a?b*',
      { port: 80, namesPort: true, query: { kind: 'prefix', text: 'b' } },
    ],
    ['https://example.com/a?*', { query: { kind: 'any' } }],
    ['https://example.com/a?', { query: { kind: 'exact', text: '' } }],
    ['https://[::1]:3000/', { host: '[::1]', port: 3000 }],
    ['https://example.com:1/', { port: 1 }],
    ['https://example.com:65535/', { port: 65_535 }],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });

  it.each([
    ['domain:', /^After "domain:" stands one host/],
    ['domain:a b', /^After "domain:"/],
    ['domain:example.com/a', /^After "domain:"/],
    ['domain:example.com.', /^After "domain:"/],
    ['domain:example.com:0', /^A port is a number from 1 to 65535/],
    ['domain:example.com:65536', /^A port is a number/],
    ['example.com', /^Write domain:HOST/],
    ['ftp://example.com/', /^Write domain:HOST/],
    ['https://', /^Write domain:HOST/],
    ['https://example.com/#a', /^Write domain:HOST/],
    ['https://u@example.com/', /^The address names one host/],
    ['https://*.example.com/', /^The address names one host/],
    ['https://example.com./', /^The address names one host/],
    ['https://example.com:0/', /^The address names one host/],
    ['https://example.com:65536/', /^The address names one host/],
    ['https://example.com/*/a', /^In a path, "\*" stands only at the end/],
    ['https://example.com/a*', /^In a path, "\*" stands only at the end/],
    ['https://example.com/../a', /^The path must be plain/],
    ['https://example.com/a//b', /^The path must be plain/],
    ['https://example.com/a;b', /^The path must be plain/],
    ['https://example.com/%2f', /^The path must be plain/],
    ['https://example.com/a?b*c', /^In a query, "\*" stands only at the end/],
    ['https://example.com/a?ä', /^In a query/],
  ])('%s is refused', (text, problem) => {
    expect(read(text)).toMatch(problem);
  });

  it('that allows names one host', () => {
    expect(read('domain:*.example.com', 'allow')).toMatch(/^A rule that allows names one host/);
    expect(read('domain:example.com', 'allow')).toHaveProperty('host');
  });

  const covers = (rule: string, text: string) => {
    const url = readRequestedUrl(text);
    return 'problem' in url ? false : coversUrl(read(rule) as UrlSpecifier, url);
  };

  it.each([
    ['https://example.com/a', 'https://example.com/a', true],
    ['https://example.com/a', 'https://example.com/a/', false],
    ['https://example.com/a', 'https://example.com/a/b', false],
    ['https://example.com/a', 'https://example.com/a?b', false],
    ['https://example.com/a', 'https://example.com/A', false],
    ['https://example.com/a', 'http://example.com/a', false],
    ['https://example.com/a', 'https://example.com:8443/a', false],
    ['https://example.com/a', 'https://www.example.com/a', false],
    ['https://example.com/a/*', 'https://example.com/a', false],
    ['https://example.com/a/*', 'https://example.com/a/', true],
    ['https://example.com/a/*', 'https://example.com/a/b/c', true],
    ['https://example.com/a/*', 'https://example.com/ab', false],
    ['https://example.com/a/*', 'https://example.com/a//b', false],
    ['https://example.com/*', 'https://example.com/', true],
    ['https://example.com/a?b*', 'https://example.com/a?bc', true],
    ['https://example.com/a?b*', 'https://example.com/a?c', false],
    ['https://example.com/a?b*', 'https://example.com/a', false],
    ['https://example.com/a?b', 'https://example.com/a?bc', false],
    ['https://example.com/a?*', 'https://example.com/a', true],
    ['domain:example.com', 'https://example.com/a?b', true],
    ['domain:example.com', 'https://www.example.com/', false],
    ['domain:example.com', 'http://example.com/', false],
  ])('%s covers %s: %s', (rule, url, expected) => {
    expect(covers(rule, url)).toBe(expected);
  });

  const touches = (rule: string, text: string) =>
    touchesUrl(read(rule) as UrlSpecifier, readLooseUrl(text)!);

  it.each([
    ['https://example.com/a', 'http://example.com/A;x', true],
    ['https://example.com/a', 'https://example.com/a?b', true],
    ['https://example.com/a', 'https://example.com/a/b', false],
    ['https://example.com/a', 'https://example.com/b/%2e%2e/a', true],
    ['https://example.com/a/*', 'https://example.com/a', true],
    ['https://example.com/a/*', 'https://example.com/a/b', true],
    ['https://example.com/a/*', 'https://example.com/ab', false],
    ['https://example.com/*', 'https://example.com/x', true],
    ['https://example.com/a?b', 'https://example.com/a?b', true],
    ['https://example.com/a?b', 'https://example.com/a', false],
    ['https://example.com:8443/a', 'https://example.com/a', false],
    ['https://example.com/a', 'https://example.com:8443/a', true],
    ['domain:example.com', 'http://example.com:81/x', true],
    ['domain:example.com', 'https://www.example.com/', false],
    ['domain:*.example.com', 'https://a.b.example.com/', true],
    ['domain:*.example.com', 'https://example.com/', true],
    ['domain:*.example.com', 'https://badexample.com/', false],
    ['domain:example.com:8443', 'https://example.com/', false],
  ])('%s touches %s: %s', (rule, url, expected) => {
    expect(touches(rule, url)).toBe(expected);
  });
});
