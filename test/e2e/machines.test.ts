import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { type ClosedPort, reserveClosedPort } from '../support/loopback/closedPort.ts';
import { type LoopbackServer, startLoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, refusal, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { CanaryExtension } from './support/canaryExtension.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

const certificates = path.join(ROOT, 'test/fixtures/certificates');
const key = 'sk-ant-machine-0123456789abcdef';

/** An HTTPS server with a certificate from its own authority. */
async function startCompanyServer(certificate: string): Promise<LoopbackServer> {
  const read = async (file: string): Promise<string> =>
    await readFile(path.join(certificates, file), 'utf8');
  const pair = { cert: await read(`${certificate}.pem`), key: await read('server.key') };
  return await startLoopbackServer(() => answer('Here I am.'), 0, { certificate: pair });
}

const files = { 'one.prompts.md': '## One\n\nSay something.\n' };

/** The final report of *Test Connection*. */
async function connectionReport(vs: VscodeDriver, words: RegExp | string): Promise<string> {
  await vs.runCommand('Notifications: Clear All Notifications');
  await vs.runCommand('Interleave: Test Connection');
  await vs.quickInput.pick('Anthropic');
  return (await (await vs.lastingNotification(words)).textContent()) ?? '';
}

describe('C69: a server whose certificate comes from a private authority', () => {
  let servers: Record<'good' | 'expired' | 'misnamed', LoopbackServer>;
  let closed: ClosedPort;

  /** A window on a machine that trusts the company's authority. */
  const openCompanyWindow = async (settings: object): Promise<VscodeDriver> => {
    const vs = await openVscode({
      files,
      settings: {
        'interleave.provider': 'anthropic',
        'interleave.anthropic.model': 'company-model',
        'interleave.anthropic.baseUrl': servers.good.url,
        ...settings,
      },
      env: { SSL_CERT_FILE: path.join(certificates, 'authority.pem'), ANTHROPIC_API_KEY: key },
    });
    onTestFinished(() => vs.dispose());
    return vs;
  };
  const useServer = async (vs: VscodeDriver, baseUrl: string): Promise<void> =>
    await vs.setSettings({ 'interleave.anthropic.baseUrl': baseUrl });

  beforeAll(async () => {
    servers = {
      good: await startCompanyServer('server'),
      expired: await startCompanyServer('expired'),
      misnamed: await startCompanyServer('wrong-name'),
    };
    closed = await reserveClosedPort();
  });

  afterAll(async () => {
    for (const server of Object.values(servers)) await server.close();
    await closed.close();
  });

  it('answers when the system trusts its authority and the certificate is valid', async () => {
    const vs = await openCompanyWindow({});
    await vs.openFile('one.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    const panel = await ResultsPanel.find(vs, ['One']);
    expect(await panel.ended()).toEqual(['done']);
    expect((await panel.rows())[0]?.preview).toBe('Here I am.');
    await useServer(vs, servers.expired.url);
    await connectionReport(vs, /The certificate of 127\.0\.0\.1:\d+ has expired/);
    await useServer(vs, servers.misnamed.url);
    await connectionReport(vs, /The certificate of 127\.0\.0\.1:\d+ is for another name/);
    expect(servers.expired.requests).toEqual([]);
    expect(servers.misnamed.requests).toEqual([]);
  });

  it("gets no request when VS Code does not use the system's authorities", async () => {
    const vs = await openCompanyWindow({ 'http.systemCertificates': false });
    const before = servers.good.requests.length;
    const text = await connectionReport(vs, /The certificate of 127\.0\.0\.1:\d+ is not trusted/);
    expect(text).toContain('install its root certificate on this computer');
    expect(servers.good.requests.length).toBe(before);
    // C72: this window is a remote one.
    await useServer(vs, `http://127.0.0.1:${closed.port}`);
    const report = await connectionReport(vs, 'In this window');
    expect(report).toContain('"127.0.0.1" is the remote host, not your own computer');
    expect(report).toContain('forward its port');
  });
});

describe('C71: a broken keyring', () => {
  let canary: CanaryExtension;
  const window = windowForAll(async () => {
    canary = await CanaryExtension.make();
    return {
      model: () =>
        startScriptedModel((_prompt, { headers }) =>
          headers['x-api-key'] === key
            ? answer('Here I am.')
            : refusal(401, 'authentication_error', 'invalid x-api-key'),
        ),
      files,
      companions: [CanaryExtension.folder],
      env: canary.env,
      settings: { 'interleave.anthropic.model': 'demo' },
    };
  });

  const setKey = async (): Promise<void> => {
    const { vs } = window;
    await vs.runCommand('Interleave: Set API Key…');
    await vs.quickInput.pick('Anthropic');
    await vs.page.locator('.quick-input-widget input[type="password"]').waitFor();
    await vs.quickInput.answer(key);
    // Wait until it is closed: the palette begins with Escape, which would cancel it.
    await vs.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  };
  const run = async (): Promise<ResultsPanel> => {
    const { vs } = window;
    await vs.runCommand('View: Close All Editors');
    await vs.openFile('one.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    return await ResultsPanel.find(vs, ['One']);
  };
  const notKept = /Could not store the Anthropic key: .* It is available in this window only\./;

  beforeAll(() => canary.started());

  afterAll(() => canary.dispose());

  it('costs the key after a reload, but no run', async () => {
    const { vs } = window;
    await step('keeps the key for this window only, says so, and runs have it', async () => {
      await canary.order({ keyring: 'throws' });
      await setKey();
      await vs.lastingNotification(notKept);
      expect(await (await run()).ended()).toEqual(['done']);
    });

    await step('asks for the key again in the next window', async () => {
      await vs.reloadWindow();
      await vs.openFile('one.prompts.md');
      await vs.runCommand('Interleave: Run All Prompts in File');
      await vs.lastingNotification(/is paused\. 127\.0\.0\.1:\d+ asks for a key/);
    });

    await step('blocks neither the key nor a run when it does not answer', async () => {
      await canary.started();
      await canary.order({ keyring: 'silent' });
      await setKey();
      expect(await (await run()).ended()).toEqual(['done']);
      await vs.lastingNotification(
        /did not answer within 15 s\. It is available in this window only\./,
      );
    });
  });
});
