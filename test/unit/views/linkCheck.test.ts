import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLink } from '../../../src/views/linkCheck.ts';

describe('Links of answers', () => {
  it.each([
    ['https://example.org', 'https://example.org/', 'example.org'],
    ['http://127.0.0.1:8080/a?b#c', 'http://127.0.0.1:8080/a?b#c', '127.0.0.1:8080'],
    ['HTTPS://EXAMPLE.org/%41', 'https://example.org/%41', 'example.org'],
    ['https://0x7f.1/', 'https://127.0.0.1/', '127.0.0.1'],
  ])('%s is accepted, in the form that is requested', (text, url, host) => {
    expect(checkLink(text)).toEqual({ url, host });
  });

  it.each([
    'command:workbench.action.quit',
    'vscode://publisher.extension/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'java\nscript:alert(1)',
    '//example.org',
    'example.org',
    '',
    'https://',
    'https://github.com@evil.example/',
    'https://user:secret@evil.example/',
  ])('%s is rejected', (text) => {
    expect(checkLink(text)).toBeUndefined();
  });

  it('shows an international host in its ASCII form, and without hidden direction marks', () => {
    const link = checkLink('https://ex\u00e4mple.org/a\u202eb');
    expect(link).toEqual({
      url: 'https://xn--exmple-cua.org/a%E2%80%AEb',
      host: 'xn--exmple-cua.org',
    });
  });

  it('accepts only plain http(s) URLs to the shown host', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withFragments: true }), fc.string()), (text) => {
        const link = checkLink(text);
        if (link === undefined) return;
        const url = new URL(link.url);
        expect(['http:', 'https:']).toContain(url.protocol);
        expect(url.host).toBe(link.host);
        expect(link.url).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });
});
