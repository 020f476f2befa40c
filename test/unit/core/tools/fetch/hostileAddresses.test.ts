import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LoopbackServer } from '../../../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../../../support/loopback/replies.ts';
import { Fetches } from './fetchFixture.ts';

let server: LoopbackServer;
let port: string;
let other: LoopbackServer;
const fetches = new Fetches();

beforeAll(async () => {
  server = await startLoopbackServer(({ path }) => {
    const target = decodeURIComponent(/^\/to\?(.*)$/.exec(path)?.[1] ?? '');
    if (target === '') return plainReply(200, 'secret', { 'content-type': 'text/plain' });
    // Headers are bytes.
    return plainReply(302, '', { location: Buffer.from(target).toString('latin1') });
  });
  other = await startLoopbackServer(() => plainReply(200, 'other'));
  ({ port } = new URL(server.url));
});

afterAll(async () => {
  fetches.dispose();
  await Promise.all([server.close(), other.close()]);
});

afterEach(() => {
  fetches.connections.length = 0;
  fetches.lookups.length = 0;
});

/** Forms of addresses that lead to this machine, a private network or a place that serves secrets. */
const localForms = [
  ...['http://localhost/', 'http://localhost./', 'http://LOCALHOST/', 'http://a.localhost/'],
  ...['http://127.0.0.1/', 'http://127.1/', 'http://127.0.1/', 'http://2130706433/'],
  ...['http://0x7f000001/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://017700000001/'],
  ...['http://127.0.0.1./', 'http://127.255.255.254/', 'http://0/', 'http://0.0.0.0/'],
  ...['http://[::1]/', 'http://[::]/', 'http://[0:0:0:0:0:0:0:1]/', 'http://[::ffff:127.0.0.1]/'],
  ...['http://[::ffff:7f00:1]/', 'http://[64:ff9b::7f00:1]/', 'http://[2002:7f00:1::]/'],
  ...['http://[fe80::1]/', 'http://[fc00::1]/', 'http://[fd12::1]/', 'http://[ff02::1]/'],
  ...[
    'http://[::127.0.0.1]/',
    'http://１２７.０.０.１/',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
  ],
  ...['http://loc%61lhost/', 'http://%31%32%37.0.0.1/', 'http://ｌｏｃａｌｈｏｓｔ/'],
  ...['http://10.0.0.1/', 'http://172.16.0.1/', 'http://192.168.1.1/', 'http://169.254.1.1/'],
  ...['http://169.254.169.254/latest/meta-data/', 'http://0xa9fea9fe/', 'http://2852039166/'],
  ...['http://100.64.0.1/', 'http://100.100.100.200/', 'http://198.18.0.1/', 'http://224.0.0.1/'],
  ...['http://255.255.255.255/', 'http://240.0.0.1/', 'http://192.0.2.1/', 'http://192.0.0.192/'],
  ...['http://metadata/', 'http://intranet/', 'http://printer.local/', 'http://wiki.internal/'],
];

/** Forms that are not requested, wherever they lead. */
const oddForms = [
  ...['file:///etc/passwd', 'ftp://example.com/', 'gopher://example.com/', 'data:text/plain,x'],
  ...['javascript:alert(1)', 'blob:https://example.com/1', 'ws://example.com/', 'example.com'],
  ...['http://user@example.com/', 'http://a:b@example.com/', 'https://example.com@127.0.0.1/'],
  ...['http://@example.com/', 'http://exa\0mple.com/', 'http://', 'https://[::1', 'vscode://x/y'],
  ...['http://1572395042/', 'http://0x5db8d822/', 'http://93.12113954/', '//example.com/'],
];

describe('not requested', () => {
  test.each(localForms)('%s', async (url) => {
    const { content, isError } = await fetches.fetch({ url }, { hosts: { metadata: ['8.8.8.8'] } });
    expect(isError, content).toBe(true);
    expect(content).toMatch(/was not requested/);
    expect(fetches.connections).toEqual([]);
  });

  test.each(oddForms)('%j', async (url) => {
    const { isError } = await fetches.fetch(
      { url },
      { rules: 'allow fetch_url(domain:example.com)' },
    );
    expect(isError).toBe(true);
    expect(fetches.connections).toEqual([]);
  });

  const inside = [
    ...['127.0.0.1', '::1', '10.1.2.3', '192.168.0.1', '172.31.0.1', '169.254.169.254', 'fe80::1'],
    ...['fd00::1', '::ffff:127.0.0.1', '64:ff9b::a00:1', '0.0.0.0', '100.64.1.1', '224.0.0.251'],
  ];

  test.each(inside)('a public name with the address %s', async (address) => {
    const hosts = { 'inside.example.com': [address] };
    const url = 'https://inside.example.com/';
    const rules = 'allow fetch_url(domain:inside.example.com)';
    const { content } = await fetches.fetch({ url }, { hosts, rules });
    expect(content).toMatch(/was not requested/);
    expect(fetches.connections).toEqual([]);
  });

  test('a name with one private address among public ones', async () => {
    const hosts = { 'mixed.example.com': ['93.184.216.34', '10.0.0.1', '2606:2800:220:1::1'] };
    const { content } = await fetches.fetch({ url: 'https://mixed.example.com/' }, { hosts });
    expect(content).toMatch(/was not requested/);
    expect(fetches.connections).toEqual([]);
  });

  test('what a rule denies; its name is not even looked up', async () => {
    const rules = 'deny fetch_url(domain:evil.example.com)';
    const url = 'https://evil.example.com/?data=1';
    expect((await fetches.fetch({ url }, { rules })).isError).toBe(true);
    expect(fetches.lookups).toEqual([]);
  });
});

describe('an address of this machine that a rule names with host and port', () => {
  test('is requested', async () => {
    const rules = `allow fetch_url(http://127.0.0.1:${port}/*)`;
    const { content, isError } = await fetches.fetch({ url: `${server.url}/page` }, { rules });
    expect(content).toMatch(/^secret/);
    expect(isError).toBe(false);
  });

  test('opens no other port', async () => {
    const rules = `allow fetch_url(http://127.0.0.1:${port}/*)`;
    const { isError } = await fetches.fetch({ url: `${other.url}/` }, { rules });
    expect(isError).toBe(true);
    expect(fetches.connections).toEqual([]);
  });
});

describe('a name whose address changes', () => {
  test('is asked at the address that was checked, whatever it resolves to next', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.3']];
    const hosts = { 'rebound.test': () => answers.shift() ?? [] };
    const rules = `allow fetch_url(http://rebound.test:${port}/*)`;
    const url = `http://rebound.test:${port}/page`;
    const { content } = await fetches.fetch({ url }, { hosts, rules });
    expect(content).toMatch(/^secret/);
    expect(fetches.lookups).toEqual(['rebound.test']);
    expect(fetches.connections).toEqual(['rebound.test -> 127.0.0.1']);
  });

  test('is checked anew with each redirect', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const hosts = { 'rebound.test': () => answers.shift() ?? [] };
    const before = server.requests.length;
    // The rule opens the port for this path alone.
    const rules = `allow fetch_url(http://rebound.test:${port}/to?*)`;
    const url = `http://rebound.test:${port}/to?${encodeURIComponent('/latest')}`;
    const { isError, content } = await fetches.fetch({ url }, { hosts, rules });
    expect(isError, content).toBe(true);
    expect(server.requests.length).toBe(before + 1);
    expect(fetches.connections).toEqual(['rebound.test -> 127.0.0.1']);
  });
});

describe('a redirect', () => {
  const named = (): string => `allow fetch_url(http://127.0.0.1:${port}/*?*)`;
  const to = (target: string): string => `${server.url}/to?${encodeURIComponent(target)}`;

  test('within the server is followed', async () => {
    const { content } = await fetches.fetch({ url: to('/page') }, { rules: named() });
    expect(content).toMatch(/^secret\n\n\[From http:\/\/127.0.0.1:\d+\/page\.\]$/);
  });

  test.each(localForms)('to %s is not followed', async (target) => {
    const { content, isError } = await fetches.fetch({ url: to(target) }, { rules: named() });
    expect(isError, content).toBe(true);
    expect(fetches.connections).toHaveLength(1);
  });

  test.each([
    ...['file:///etc/passwd', 'http://user@127.0.0.1/', 'javascript:1', 'https://[::1', 'http://'],
    ...['vscode://settings', 'data:text/html,x'],
  ])('to %s is not followed', async (target) => {
    const { isError } = await fetches.fetch({ url: to(target) }, { rules: named() });
    expect(isError).toBe(true);
    expect(fetches.connections).toHaveLength(1);
  });

  test('to another port of the same host is not followed', async () => {
    const { content } = await fetches.fetch({ url: to(`${other.url}/`) }, { rules: named() });
    expect(content).toMatch(/was not requested/);
    expect(other.requests).toHaveLength(0);
  });

  test('to another public host is told, not followed, unless a rule allows that host', async () => {
    const hosts = { 'public.example.com': ['93.184.216.34'] };
    const url = to('https://public.example.com/?leak=secret');
    const { content, isError } = await fetches.fetch({ url }, { rules: named(), hosts });
    expect(isError).toBe(true);
    expect(content).toMatch(/redirects to "https:\/\/public.example.com\/\?leak=secret"/);
    expect(fetches.connections).toHaveLength(1);
  });

  test('is not followed where a rule asks, even on the same server', async () => {
    const rules = `${named()}\nask fetch_url(http://127.0.0.1:${port}/private/*)`;
    const { isError } = await fetches.fetch({ url: to('/private/page') }, { rules });
    expect(isError).toBe(true);
    expect(fetches.connections).toHaveLength(1);
  });

  test('that leads in a circle ends', async () => {
    let target = '/page';
    for (let count = 0; count < 5; count++) target = `/to?${encodeURIComponent(target)}`;
    const { content } = await fetches.fetch({ url: `${server.url}${target}` }, { rules: named() });
    expect(content).toMatch(/redirected more than 3 times/);
    expect(fetches.connections).toHaveLength(4);
  });
});
