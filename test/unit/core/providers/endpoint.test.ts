import { describe, expect, it } from 'vitest';
import { isUserError } from '../../../../src/core/base/errors.ts';
import {
  endpointOrigin,
  isLoopbackOrigin,
  needsKey,
} from '../../../../src/core/providers/baseUrl.ts';
import { resolveEndpoint } from '../../../../src/core/providers/endpoint.ts';

function refusal(baseUrl: string, apiKey: string | undefined): string {
  try {
    resolveEndpoint(baseUrl, apiKey);
  } catch (error) {
    if (isUserError(error)) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('resolveEndpoint', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com', 'https://api.example.com'],
    [' https://API.example.com:443/v1// ', 'https://api.example.com/v1', 'https://api.example.com'],
    [
      'https://api.example.com:8443/a/b',
      'https://api.example.com:8443/a/b',
      'https://api.example.com:8443',
    ],
  ])('reads %s', (baseUrl, expected, origin) => {
    const endpoint = resolveEndpoint(baseUrl, 'some-key');
    expect(endpoint).toMatchObject({ baseUrl: expected, origin, apiKey: 'some-key' });
  });

  it.each(['', 'api.example.com', 'ftp://example.com', 'file:///etc/passwd', 'https://', '//x'])(
    'refuses %j as a base URL',
    (baseUrl) => {
      expect(refusal(baseUrl, 'key')).toContain('https://');
    },
  );

  it.each([
    'https://user:secret@example.com',
    'https://user@example.com/v1',
    'https://example.com/?token=secret',
    'https://example.com?',
    'https://example.com/#secret',
  ])('refuses %s without quoting a possible secret', (baseUrl) => {
    const message = refusal(baseUrl, 'key');
    expect(message).toContain('example.com must');
    expect(message).not.toContain('secret');
  });

  it.each([
    'http://127.0.0.1:80',
    'http://localhost:11434',
    'http://[::1]:1',
    'http://a.localhost',
    'http://127.9.8.7',
    'http://2130706433',
  ])('accepts %s with and without a key', (baseUrl) => {
    expect(refusal(baseUrl, undefined)).toBe('accepted');
    expect(refusal(baseUrl, 'key')).toBe('accepted');
  });

  it.each([
    'http://192.168.1.5:8000',
    'http://10.0.0.1',
    'http://gpu-box:8000',
    'http://box.local',
    'http://[fd00::1]',
  ])('accepts %s without a key, but sends no key there unencrypted', (baseUrl) => {
    expect(refusal(baseUrl, undefined)).toBe('accepted');
    expect(refusal(baseUrl, 'key')).toContain('unencrypted');
  });

  it.each([
    'http://example.com',
    'http://8.8.8.8',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[2001:db8::1]',
  ])('never sends anything unencrypted to %s', (baseUrl) => {
    expect(refusal(baseUrl, 'key')).toContain('encrypted');
    expect(refusal(baseUrl, undefined)).toContain('encrypted');
  });

  it('requires a key for a server outside the local network', () => {
    expect(refusal('https://api.example.com', undefined)).toBe(
      'There is no key for api.example.com. Set one and start again.',
    );
    expect(refusal('https://api.example.com', '  ')).toContain('no key');
  });

  it('trims a key and refuses one that is not a valid header, without quoting it', () => {
    expect(resolveEndpoint('https://example.com', ' key\n').apiKey).toBe('key');
    expect(refusal('https://example.com', 'se\ncret')).not.toContain('cret');
    expect(refusal('https://example.com', 'schlüssel')).toContain('Copy it again');
  });
});

describe('origins', () => {
  it('are those of the base URL, or the default ones', () => {
    expect(endpointOrigin('anthropic', '')).toBe('https://api.anthropic.com');
    expect(endpointOrigin('openai', ' ')).toBe('https://api.openai.com');
    expect(endpointOrigin('openai', 'http://localhost:11434/v1')).toBe('http://localhost:11434');
  });

  it('are classified as loopback and as needing a key', () => {
    expect(isLoopbackOrigin('http://127.0.0.1:1234')).toBe(true);
    expect(isLoopbackOrigin('http://192.168.0.1')).toBe(false);
    expect(needsKey('http://192.168.0.1')).toBe(false);
    expect(needsKey('https://api.openai.com')).toBe(true);
  });
});
