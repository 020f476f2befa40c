import { readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startLoopbackServer } from '../../../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../../../support/loopback/replies.ts';
import { Fetches } from './fetchFixture.ts';

const certificates = path.resolve('test/fixtures/certificates');
const read = (file: string): string => readFileSync(path.join(certificates, file), 'utf8');

const fetches = new Fetches();
const usual = tls.getCACertificates('default');

beforeAll(() => tls.setDefaultCACertificates([...usual, read('authority.pem')]));
afterAll(() => {
  tls.setDefaultCACertificates(usual);
  fetches.dispose();
});

/** What comes of a page at this host, whose server has this certificate. */
async function fetchWith(name: string, host: string) {
  const certificate = { cert: read(`${name}.pem`), key: read('server.key') };
  const page = plainReply(200, 'page', { 'content-type': 'text/plain' });
  const server = await startLoopbackServer(() => page, 0, { certificate });
  onTestFinished(() => server.close());
  const { port } = new URL(server.url);
  const setting = {
    rules: `allow fetch_url(https://${host}:${port}/*)`,
    hosts: { 'gateway.invalid': ['127.0.0.1'], 'other.invalid': ['127.0.0.1'] },
  };
  const { content } = await fetches.fetch({ url: `https://${host}:${port}/` }, setting);
  return { content, asked: server.requests.length };
}

describe('a secure page', () => {
  test.each(['gateway.invalid', '127.0.0.1'])('at %s is read', async (host) => {
    expect((await fetchWith('server', host)).content).toMatch(/^page\n/);
  });

  test.each([
    ['an expired certificate', 'expired', 'gateway.invalid'],
    ['the certificate of another host', 'wrong-name', 'gateway.invalid'],
    ['a certificate without its own name', 'server', 'other.invalid'],
  ])('of a server with %s is not asked for', async (_what, name, host) => {
    const { content, asked } = await fetchWith(name, host);
    expect(content).toMatch(/could not be read/);
    expect(asked).toBe(0);
  });
});
