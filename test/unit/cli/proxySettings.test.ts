import { expect, it } from 'vitest';
import { nodeUsesProxies, proxySettings } from '../../../src/cli/proxySettings.ts';

const vendor = 'https://api.example.com';

it('warns that a version of Node without proxy support does not use the proxy', () => {
  const { proxies, warning } = proxySettings({ HTTPS_PROXY: 'http://proxy:8080' }, vendor, false);
  expect(proxies).toBeUndefined();
  expect(warning).toMatch(/^Proxy variables are set but not used: Node \d+\.\d+\.\d+ does not/);
});

it('detects that this version of Node supports proxies', () => {
  expect(nodeUsesProxies()).toBe(true);
});

it.each([
  ['http://127.0.0.1:1', {}],
  ['http://[::1]:1', {}],
  ['http://localhost', {}],
  ['http://192.168.1.2', { HTTP_PROXY: 'http://plain:1/', NO_PROXY: '.corp' }],
  [vendor, { HTTPS_PROXY: 'http://secure:1/', NO_PROXY: '.corp' }],
])('chooses the proxy variables for %s', (origin, proxies) => {
  const environment = { http_proxy: 'plain:1', HTTPS_PROXY: 'http://secure:1', no_proxy: '.corp' };
  expect(proxySettings(environment, origin, true).proxies ?? {}).toEqual(proxies);
});
