import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LoopbackServer, Reply } from '../../../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../../../support/loopback/loopbackServer.ts';
import type { FetchSetting } from './fetchFixture.ts';
import { Fetches } from './fetchFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

let server: LoopbackServer;
let reply: Reply = [];
const fetches = new Fetches();

beforeAll(async () => {
  server = await startLoopbackServer(() => reply);
});

afterAll(async () => {
  fetches.dispose();
  await server.close();
});

afterEach(() => server.closeConnections());

function page(
  bytes: string | Uint8Array,
  type?: string,
  headers: Record<string, string> = {},
): Reply {
  const all = { ...headers, ...(type === undefined ? {} : { 'content-type': type }) };
  return [{ do: 'head', status: 200, headers: all }, { do: 'send', bytes }, { do: 'end' }];
}

function fetchPage(more: FetchSetting & { readonly offset?: number } = {}) {
  const { offset, ...setting } = more;
  const rules = `allow fetch_url(http://127.0.0.1:${new URL(server.url).port}/*)`;
  const input = { url: `${server.url}/page`, ...(offset === undefined ? {} : { offset }) };
  return fetches.fetch(input, { rules, ...setting });
}

describe('a request', () => {
  test('is one GET without cookies, credentials and traces', async () => {
    reply = page('text', 'text/plain', { 'set-cookie': 'a=b' });
    await fetchPage();
    await fetchPage();
    const request = server.requests.at(-1);
    expect(request).toMatchObject({ method: 'GET', path: '/page', body: '' });
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test('ends when the conversation does', async () => {
    reply = [{ do: 'head', status: 200, headers: { 'content-type': 'text/plain' } }];
    const controller = new AbortController();
    const asked = server.requests.length;
    const fetched = fetchPage({ signal: controller.signal });
    await expect.poll(() => server.requests.length).toBe(asked + 1);
    controller.abort();
    expect(await fetched).toMatchObject({ isError: true });
    await server.requests.at(-1)?.closed;
  });
});

describe('HTML', () => {
  test('comes as Markdown, with whole addresses and without what nobody sees', async () => {
    reply = page(
      `<!doctype html><title>T</title><style>p{}</style><h1>Head</h1><!-- comment -->
       <p>One <b>two</b> <a href="../x?y=1">three</a> <a href="javascript:alert(1)">four</a></p>
       <script>alert(1)</script><div hidden>hidden</div><p style="display: none">unseen</p>
       <svg><text>drawn</text></svg><img src="http://127.0.0.1/pixel" alt="picture">
       <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
       <pre><code>code</code></pre><ul><li>item</ul>`,
      'text/html; charset=utf-8',
    );
    const { content } = await fetchPage();
    expect(content).toContain(`# Head\n\nOne **two** [three](<${server.url}/x?y=1>) four`);
    expect(content).toContain('| a | b |\n| --- | --- |\n| 1 | 2 |');
    expect(content).toContain('```\ncode\n```');
    expect(content).toMatch(/- +item/);
    expect(content).toContain('[image: picture]');
    expect(content).not.toMatch(/hidden|unseen|drawn|alert|comment|pixel|p\{\}/);
  });

  test.each([
    ['nested without end', '<div>'.repeat(100_000)],
    ['of unclosed emphasis', '<b><i>'.repeat(50_000)],
    ['of one huge table', `<table><tr>${'<td>a'.repeat(100_000)}`],
  ])('that is %s is given up in time, and the next page is read', async (_name, html) => {
    reply = page(`<html>${html}text`, 'text/html');
    await fetchPage({ limits: { convertMs: 500 } });
    reply = page('<html><p>next</p>', 'text/html');
    expect((await fetchPage()).content).toMatch(/^next\n/);
  });
});

describe('text', () => {
  test.each([
    ['text/plain; charset=iso-8859-1', Buffer.from('für', 'latin1'), 'für'],
    ['text/plain; charset=shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
    ['text/plain; charset=no-such-thing', Buffer.from('für'), 'für'],
    ['application/json', Buffer.from('{"a":1}'), '{"a":1}'],
    ['application/ld+json', Buffer.from('{}'), '{}'],
    ['text/markdown', Buffer.from('# <b>'), '# <b>'],
    [undefined, Buffer.from('no type'), 'no type'],
  ])('of type %s is read', async (type, bytes, expected) => {
    reply = page(bytes, type);
    const { content } = await fetchPage();
    expect(content.split('\n')[0]).toBe(expected);
  });

  test.each([
    'image/png',
    'application/pdf',
    'application/octet-stream',
    'video/mp4',
    'font/woff2',
  ])('is all that is read: %s is not', async (type) => {
    reply = page('x', type);
    const { content, isError } = await fetchPage();
    expect(isError).toBe(true);
    expect(content).toContain(`"${type}", not text`);
  });

  test('with NUL bytes is none', async () => {
    reply = page('a\0b', 'text/plain');
    expect(await fetchPage()).toMatchObject({ isError: true });
  });

  test('shows what it hides: no character reaches the model unseen', async () => {
    const hidden = '\u{e0041}\u{e0042}\u202e\u200b\u001b';
    reply = page(`a${hidden}b`, 'text/plain');
    const { content } = await fetchPage();
    for (const character of hidden) expect(content).not.toContain(character);
  });

  test('comes in parts that together are the whole', async () => {
    const whole = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n');
    reply = page(whole, 'text/plain');
    let text = '';
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const { content }: { readonly content: string } = await fetchPage({ offset });
      text += content.slice(0, content.lastIndexOf('\n\n['));
      const next: string | undefined = /Go on with offset (\d+)/.exec(content)?.[1];
      offset = next === undefined ? undefined : Number(next);
    }
    expect(text).toBe(whole);
  });

  test('ends before a given offset: the model is told', async () => {
    reply = page('short', 'text/plain');
    expect((await fetchPage({ offset: 99 })).content).toMatch(/5 characters; offset is behind/);
  });
});

describe('limits', () => {
  test('more bytes than are read are not waited for', async () => {
    const head = { do: 'head', status: 200, headers: { 'content-type': 'text/plain' } } as const;
    // It goes on for ever.
    reply = [head, { do: 'send', bytes: 'x'.repeat(5_000) }];
    const { content } = await fetchPage({ limits: { bytes: 1_000 } });
    expect(content).toContain('Only the first 1 KB of the page were read.');
    await server.requests.at(-1)?.closed;
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000, 'x'))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000, 'x'))],
  ])('%s counts unpacked', async (coding, bytes) => {
    reply = page(bytes, 'text/plain', { 'content-encoding': coding });
    const { content } = await fetchPage({ limits: { bytes: 100_000 } });
    expect(content).toContain('Only the first 100 KB of the page were read.');
    expect(content).toContain('of 100,000.');
  });

  test.each(['gzip', 'br'])('%s that is broken is an error', async (coding) => {
    reply = page('not packed', 'text/plain', { 'content-encoding': coding });
    expect(await fetchPage()).toMatchObject({ isError: true });
  });

  test.each(['zstd', 'gzip, gzip', '__proto__'])('%s is not unpacked', async (coding) => {
    reply = page('x', 'text/plain', { 'content-encoding': coding });
    expect((await fetchPage()).content).toMatch(/packed in a way that cannot be read/);
  });

  test.each<[string, Reply]>([
    ['says nothing', []],
    ['stops in its head', [{ do: 'head', status: 200, headers: { 'content-type': 'text/plain' } }]],
  ])('a server that %s is given up', async (_name, silent) => {
    reply = silent;
    expect((await fetchPage({ limits: { ms: 300 } })).content).toMatch(/did not come within 0.3 s/);
  });

  test.each<[string, Reply]>([
    ['resets', [{ do: 'reset' }]],
    [
      'breaks off',
      [{ do: 'head', status: 200, headers: { 'content-length': '9' } }, { do: 'cut' }],
    ],
    ['speaks no HTTP', [{ do: 'raw', bytes: 'SSH-2.0\r\n' }]],
    [
      'switches',
      [{ do: 'raw', bytes: 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n' }],
    ],
    [
      'sends endless headers',
      [{ do: 'raw', bytes: `HTTP/1.1 200 OK\r\na: ${'x'.repeat(200_000)}` }],
    ],
  ])('a server that %s is an error', async (_name, broken) => {
    reply = broken;
    expect(await fetchPage()).toMatchObject({ isError: true });
  });

  test('what a server says of an error is told, clipped', async () => {
    const head = { do: 'head', status: 404, headers: { 'content-type': 'text/plain' } } as const;
    reply = [head, { do: 'send', bytes: `gone ${'x'.repeat(5_000)}` }, { do: 'end' }];
    const { content, isError } = await fetchPage();
    expect(isError).toBe(true);
    expect(content).toMatch(/^The server answered 404 Not Found\. It said:\ngone x+…$/);
    expect(content.length).toBeLessThan(600);
  });
});

test('a name that cannot be found is an error, and so is no address at all', async () => {
  const missing = await fetches.fetch({ url: 'https://missing.example.com/' });
  expect(missing.content).toMatch(/"missing.example.com" cannot be found/);
  const empty = await fetches.fetch(
    { url: 'https://empty.example.com/' },
    { hosts: { 'empty.example.com': [] } },
  );
  expect(empty.content).toMatch(/has no address/);
});
