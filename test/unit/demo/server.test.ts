import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { postJson } from './eventReader.ts';

const version = { 'anthropic-version': '2026-10-21' };
const hello = { model: 'demo', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.origin}/v1/models`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('requests by host name', () => {
  it('are answered for loopback hosts only', async () => {
    const { port } = new URL(server.origin);
    const allowed = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
    for (const host of allowed) expect(await statusFor(host)).toBe(200);
    const others = [
      'example.com',
      `127.0.0.1.example.com:${port}`,
      `localhost.evil:${port}`,
      '10.0.0.1',
    ];
    for (const host of others) expect(await statusFor(host)).toBe(403);
  });

  it('are answered on 127.0.0.1 only', () => {
    expect(server.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.anthropicBaseUrl).toBe(server.origin);
    expect(server.openaiBaseUrl).toBe(`${server.origin}/v1`);
  });

  it('are refused with a body that a web page could send without a preflight', async () => {
    const response = await fetch(`${server.origin}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', ...version },
      body: JSON.stringify(hello),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('application/json');
  });
});

describe('an invalid request', () => {
  it.each([
    ['/v1/messages', version],
    ['/v1/responses', {}],
  ])("to %s gets an error in the protocol's form", async (path, headers) => {
    const url = `${server.origin}${path}`;
    const isAnthropic = path === '/v1/messages';
    const broken = await postJson(url, '{"model": ', headers);
    expect(broken.status).toBe(400);
    const error = { type: 'invalid_request_error', message: 'The request body is not valid JSON.' };
    expect(await broken.json()).toMatchObject(isAnthropic ? { type: 'error', error } : { error });
    expect((await postJson(url, '[]', headers)).status).toBe(400);
    expect((await postJson(url, '{}', headers)).status).toBe(400);
    expect((await fetch(url, { headers })).status).toBe(405);
  });

  it('is larger than 32 MB; a large one below is answered', async () => {
    const large = { ...hello, metadata: { padding: 'x'.repeat(5_000_000) } };
    const url = `${server.origin}/v1/messages`;
    expect((await postJson(url, large, version)).status).toBe(200);
    const tooLarge = await postJson(url, ' '.repeat(32 * 1024 * 1024 + 1), version);
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ error: { type: 'request_too_large' } });
  });

  it('has an unknown path or an unknown model', async () => {
    const path = await fetch(`${server.origin}/v1/chat/completions`);
    expect(path.status).toBe(404);
    expect(await path.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    const model = await fetch(`${server.origin}/v1/models/gpt-9`, { headers: version });
    expect(model.status).toBe(404);
    expect(await model.json()).toMatchObject({ error: { type: 'not_found_error' } });
  });
});

describe('closing', () => {
  it('ends an answer in progress and refuses new requests', async () => {
    const slow = await startDemoServer({ pace: 3 });
    const url = `${slow.origin}/v1/messages`;
    const response = await postJson(url, { ...hello, stream: true }, version);
    const rest = response.text().then(
      () => 'answered',
      () => 'ended',
    );
    await Promise.all([slow.close(), slow.close()]);
    expect(await rest).toBe('ended');
    await expect(fetch(`${slow.origin}/v1/models`)).rejects.toThrow();
  });

  it('leaves nothing that keeps the process alive', async () => {
    const module = fileURLToPath(new URL('../../../src/demo/server.ts', import.meta.url));
    const script = `
      const { subscribe } = await import('node:diagnostics_channel');
      const { startDemoServer } = await import(${JSON.stringify(module)});
      const received = new Promise((resolve) => {
        let requests = 0;
        subscribe('http.server.request.start', () => ++requests === 3 && resolve());
      });
      const server = await startDemoServer({ pace: 1000 });
      const send = (path, stream) => fetch(server.origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2026-10-21' },
        body: JSON.stringify({ ...${JSON.stringify(hello)}, input: 'Hello', stream }),
      }).catch(() => {});
      const sent = [send('/v1/messages', true), send('/v1/messages', false), send('/v1/responses', true)];
      // None is answered for minutes.
      await received;
      await server.close();
      await Promise.all(sent);
      console.log('closed');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
      timeout: 60_000,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'exit');
    expect({ code, output: output.trim() }).toEqual({ code: 0, output: 'closed' });
  });
});

it('refuses a pace below 0', async () => {
  await expect(startDemoServer({ pace: -1 })).rejects.toThrow('0 or greater');
});
