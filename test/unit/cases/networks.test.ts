import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type BuiltCli, buildCli } from '../../support/builtCli.ts';
import { type ConnectProxyOptions, startConnectProxy } from '../../support/connectProxy.ts';
import {
  type ListenOptions,
  type LoopbackServer,
  startLoopbackServer,
} from '../../support/loopback/loopbackServer.ts';
import { interleave, promptFile, promptFolder, viaAnthropic } from '../cli/commandLine.ts';
import { says } from '../cli/replies.ts';

const key = 'sk-ant-test-0123456789';
const certificates = path.resolve('test/fixtures/certificates');
const authority = path.join(certificates, 'authority.pem');
const trusting = { NODE_EXTRA_CA_CERTS: authority };

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
}, 30_000);
afterAll(() => cli.remove());

function certificate(name: string): NonNullable<ListenOptions['certificate']> {
  const read = (file: string): string => readFileSync(path.join(certificates, file), 'utf8');
  return { cert: read(`${name}.pem`), key: read('server.key') };
}

/** A server that answers every prompt; closes when the test ends. */
async function serve(options: ListenOptions = {}): Promise<LoopbackServer> {
  const server = await startLoopbackServer(() => says('here I am'), 0, options);
  onTestFinished(() => server.close());
  return server;
}

async function proxyWith(options: ConnectProxyOptions = {}) {
  const proxy = await startConnectProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A proxy for a server behind `https://gateway.invalid`. */
async function companyNetwork(options: ConnectProxyOptions = {}) {
  const gateway = await serve({ certificate: certificate('server') });
  const leadsTo = Number(new URL(gateway.url).port);
  return { gateway, proxy: await proxyWith({ leadsTo, ...options }) };
}

/** Runs one prompt with these environment variables. */
async function ask(
  baseUrl: string,
  environment: { readonly [name: string]: string } = {},
  node: readonly string[] = [],
) {
  const folder = promptFolder({ 'a.prompts.md': '## A\n\nSay something.' });
  const args = ['run', '.', ...viaAnthropic(baseUrl), '--model', 'x', '--log', 'none'];
  return cli.run(args, folder, { environment: { ANTHROPIC_API_KEY: key, ...environment }, node });
}

/** The log of a run that is cancelled as soon as the log matches. */
async function logUntil(
  words: RegExp,
  baseUrl: string,
  environment: { readonly [name: string]: string },
): Promise<string> {
  const args = ['run', promptFile({ A: 'Say something.' }), ...viaAnthropic(baseUrl)];
  let isDone = false;
  const { err } = await interleave([...args, '--model', 'x'], {
    environment: { ANTHROPIC_API_KEY: key, ...environment },
    onErr: (log, interrupt) => {
      if (isDone || !words.test(log)) return;
      isDone = true;
      interrupt();
    },
  });
  return err;
}

const turns = (server: LoopbackServer): number =>
  server.requests.filter(({ method }) => method === 'POST').length;

describe('C68: HTTPS_PROXY and NO_PROXY', { timeout: 30_000 }, () => {
  it('reach a server through the proxy that only the proxy can reach', async () => {
    const { gateway, proxy } = await companyNetwork();
    const environment = { HTTPS_PROXY: proxy.url, ...trusting };
    const { code, out, err } = await ask('https://gateway.invalid', environment);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('here I am');
    expect(new Set(proxy.asked)).toEqual(new Set(['gateway.invalid:443']));
    expect(turns(gateway)).toBe(1);
  });

  it.each<[string, (url: string) => { readonly [name: string]: string }]>([
    ['a lower-case name', (url) => ({ https_proxy: url })],
    ['an empty lower-case name beside it', (url) => ({ https_proxy: '', HTTPS_PROXY: url })],
    ['no scheme', (url) => ({ HTTPS_PROXY: url.slice('http://'.length) })],
    ['the variable for all kinds', (url) => ({ ALL_PROXY: url })],
    [
      'exceptions for other hosts',
      (url) => ({ HTTPS_PROXY: url, NO_PROXY: '127.0.0.1,::1,.corp' }),
    ],
  ])('are read from %s', async (_, variables) => {
    const { gateway, proxy } = await companyNetwork();
    const { code, err } = await ask('https://gateway.invalid', {
      ...variables(proxy.url),
      ...trusting,
    });
    expect([code, err]).toEqual([0, '']);
    expect(turns(gateway)).toBe(1);
    expect(proxy.asked).toContain('gateway.invalid:443');
  });

  it('support a user name and password with an @, which are never shown', async () => {
    const { gateway, proxy } = await companyNetwork({ credentials: 'me@corp:p@ss' });
    const named = proxy.url.replace('://', '://me%40corp:p%40ss@');
    const done = await ask('https://gateway.invalid', { HTTPS_PROXY: named, ...trusting });
    expect([done.code, done.err, turns(gateway)]).toEqual([0, '', 1]);
    const wrong = proxy.url.replace('://', '://me%40corp:wr0ng-secret@');
    const refused = await ask('https://gateway.invalid', { HTTPS_PROXY: wrong, ...trusting });
    expect(refused.code).toBe(1);
    expect(refused.out + refused.err).not.toContain('wr0ng');
  });

  it('say what a proxy with 407 wants, and do not retry', async () => {
    const { gateway, proxy } = await companyNetwork({ credentials: 'me:secret' });
    const environment = { HTTPS_PROXY: proxy.url, ...trusting };
    const { code, out } = await ask('https://gateway.invalid', environment);
    expect(code).toBe(1);
    expect(out).toContain(
      `The proxy ${new URL(proxy.url).host} asks for a user name and a password (HTTP 407)`,
    );
    expect(out).toContain('Put both before its address in the variable HTTPS_PROXY');
    expect(turns(gateway)).toBe(0);
  });

  it('name the proxy, not the server, when the proxy is down or refuses', async () => {
    const gone = await proxyWith();
    await gone.close();
    const { host } = new URL(gone.url);
    const log = await logUntil(/attempt 1/, 'https://gateway.invalid', { HTTPS_PROXY: gone.url });
    expect(log).toContain(`The proxy ${host} does not answer.`);
    const strict = await proxyWith({ refusal: '403 Forbidden' });
    const refused = await ask('https://gateway.invalid', { HTTPS_PROXY: strict.url });
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('does not let requests through to gateway.invalid (HTTP 403)');
  });

  it.each([
    ['127.0.0.1', { HTTPS_PROXY: '', HTTP_PROXY: '' }],
    ['::1', { NO_PROXY: 'nothing.corp' }],
  ] as const)(
    'bypass the proxy for this machine: %s is reached directly',
    async (address, more) => {
      const proxy = await proxyWith();
      const variables = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ...more };
      const plain = await serve({ address });
      const secure = await serve({ address, certificate: certificate('server') });
      for (const { url } of [plain, secure]) {
        const { code, err } = await ask(url, { ...variables, ...trusting });
        expect([code, err]).toEqual([0, '']);
      }
      expect([turns(plain), turns(secure), proxy.asked]).toEqual([1, 1, []]);
    },
  );

  it('bypass the proxy for a host in NO_PROXY', async () => {
    const proxy = await proxyWith();
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost,.invalid' };
    const log = await logUntil(/attempt 1/, 'https://gateway.invalid', environment);
    expect(log).toContain('gateway.invalid cannot be found');
    expect(proxy.asked).toEqual([]);
  });

  it('report a proxy of an unsupported kind, and reach the server directly', async () => {
    const environment = { HTTPS_PROXY: 'socks5://127.0.0.1:1' };
    const log = await logUntil(/attempt 1/, 'https://gateway.invalid', environment);
    expect(log).toMatch(/^HTTPS_PROXY is set but not used: it starts with socks5:/m);
    expect(log).toContain('gateway.invalid cannot be found');
  });

  it('reject an invalid URL without showing a possible password', async () => {
    const { code, err } = await ask('https://x.invalid', { HTTPS_PROXY: 'http://%zz@x:1' });
    expect([code, err]).toEqual([
      2,
      'HTTPS_PROXY is not a valid proxy address. Write it as http://host:port, with %40 for an @ in a user name or password.\n',
    ]);
  });
});

describe('C69: company certificates', { timeout: 30_000 }, () => {
  it('are trusted when NODE_EXTRA_CA_CERTS names their authority', async () => {
    const server = await serve({ certificate: certificate('server') });
    const { code, out } = await ask(server.url, trusting);
    expect([code, turns(server)]).toEqual([0, 1]);
    expect(out).toContain('here I am');
  });

  it.skipIf(process.platform !== 'linux')(
    'are trusted with --use-system-ca when the system trusts their authority',
    async () => {
      const server = await serve({ certificate: certificate('server') });
      // The system's store as this process sees it.
      const environment = { SSL_CERT_FILE: authority };
      const { code, err } = await ask(server.url, environment, ['--use-system-ca']);
      expect([code, err, turns(server)]).toEqual([0, '', 1]);
    },
  );

  it.each([
    ['that nobody here trusts', 'server', {}, 'is not trusted here', 'set NODE_EXTRA_CA_CERTS'],
    ['that has expired', 'expired', trusting, 'has expired', 'Have it renewed'],
    [
      'for another host',
      'wrong-name',
      trusting,
      'is for another name (DNS:other.invalid)',
      'Use that name in the base URL',
    ],
  ])('%s: one try, the reason and the remedy', async (_, name, environment, reason, remedy) => {
    const server = await serve({ certificate: certificate(name) });
    const { code, out } = await ask(server.url, environment);
    expect(code).toBe(1);
    expect(out).toContain(`The certificate of ${new URL(server.url).host} ${reason}`);
    expect(out).toContain(remedy);
    expect(server.requests).toEqual([]);
    expect(server.handshakesFailed + server.socketsOpened).toBe(1);
  });
});
