import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import { ProviderError } from '../../../src/core/providers/providerError.ts';
import type { Configuration } from '../../../src/host/configuration.ts';
import { testConnection } from '../../../src/host/connectionTest.ts';
import type { Credentials } from '../../../src/host/credentials.ts';
import { ProviderSource } from '../../../src/host/providerSource.ts';
import { type ClosedPort, reserveClosedPort } from '../../support/loopback/closedPort.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../support/loopback/replies.ts';
import { env } from '../../support/vscode/fakeVscode.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const request = {
  ...{ model: 'local', system: '', tools: [], maxOutputTokens: 100 },
  messages: [{ role: 'user', text: 'Hello' }],
} as const;

describe('C72: a base URL on this machine in a remote window', () => {
  let closed: ClosedPort;
  beforeEach(async () => {
    closed = await reserveClosedPort();
  });
  afterEach(async () => {
    env.remoteName = undefined;
    await closed.close();
  });

  function sourceAt(origin: string): ProviderSource {
    const configuration = {
      limits: () => defaultLimitValues,
      endpoints: () => ({ anthropic: origin, openai: `${origin}/v1` }),
    };
    const credentials = { find: async () => ({ kind: 'none' }) };
    return new ProviderSource(
      configuration as unknown as Configuration,
      credentials as unknown as Credentials,
      {} as never,
    );
  }

  async function testedAt(origin: string): Promise<string> {
    const source = sourceAt(origin);
    const signal = new AbortController().signal;
    const report = await testConnection({ id: 'openai', model: 'local' }, source, signal);
    expect(report.outcome).toBe('fails');
    const command = `workbench.action.open${env.remoteName === undefined ? '' : 'Remote'}Settings`;
    const remedy = report.remedies.find(({ title }) => title === 'Change Base URL…');
    expect(remedy?.command).toBe(command);
    expect(JSON.stringify(remedy?.args)).toContain('@id:interleave.openai.baseUrl');
    await source.dispose();
    return report.message;
  }

  it.each([
    ['ssh-remote', 'the remote host (SSH)'],
    ['wsl', 'the Linux system (WSL)'],
    ['dev-container', 'the container'],
    ['something-new', 'the remote host'],
  ])(
    'is explained as the remote machine, with ways to reach a local server (%s)',
    async (remoteName, host) => {
      env.remoteName = remoteName;
      const message = await testedAt(`http://localhost:${closed.port}`);
      expect(message).toContain(`Nothing answers at localhost:${closed.port}.`);
      expect(message).toContain(`"localhost" is ${host}, not your own computer.`);
      expect(message).toMatch(/forward its port .*host name .*remote\.extensionKind\.$/);
      expect(message.includes(`ssh -R ${closed.port}:localhost:${closed.port}`)).toBe(
        remoteName === 'ssh-remote',
      );
    },
  );

  it('is not explained in a local window or when the server answers', async () => {
    expect(await testedAt(`http://127.0.0.1:${closed.port}`)).not.toContain('In this window');
    env.remoteName = 'ssh-remote';
    const server = await startLoopbackServer(() =>
      plainReply(404, '{"error":{"message":"There is no such page."}}'),
    );
    expect(await testedAt(server.url)).not.toContain('In this window');
    await server.close();
  });

  it('is explained in errors of turns, too, without changing how they are retried', async () => {
    env.remoteName = 'wsl';
    const source = sourceAt(`http://127.0.0.1:${closed.port}`);
    const provider = await source.resolve('anthropic');
    const error = await provider
      .turn(request, {}, new AbortController().signal)
      .then(undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ kind: 'network', code: 'ECONNREFUSED', retryable: true });
    expect((error as ProviderError).message).toContain('"127.0.0.1" is the Linux system (WSL)');
    await source.dispose();
  });

  it('still counts as a local server for pacing', async () => {
    env.remoteName = 'wsl';
    const source = sourceAt(`http://127.0.0.1:${closed.port}`);
    expect(await source.resolve('openai')).toMatchObject({ id: 'openai', isLocal: true });
    await source.dispose();
  });
});
