import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

async function promptFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
  await writeFile(path.join(folder, 'one.prompts.md'), '## One\n\nSay something.\n');
  return folder;
}

/** The final report of *Test Connection*. */
async function connectionReport(vs: VscodeDriver, words: RegExp | string): Promise<string> {
  await vs.runCommand('Notifications: Clear All Notifications');
  await vs.runCommand('Interleave: Test Connection');
  await vs.quickInput.pick('Anthropic');
  return (await (await vs.lastingNotification(words)).textContent()) ?? '';
}

describe('C69: a server whose certificate comes from a private authority', () => {
  let folder: string;
  let servers: Record<'good' | 'expired' | 'misnamed', LoopbackServer>;
  let closed: ClosedPort;

  /** A window on a machine that trusts the company's authority. */
  const openCompanyWindow = async (settings: object): Promise<VscodeDriver> => {
    const vs = await openVscode({
      workspace: folder,
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
    folder = await promptFolder();
  });

  afterAll(async () => {
    for (const server of Object.values(servers)) await server.close();
    await closed.close();
    await rm(folder, { recursive: true, force: true });
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
  let folder: string;
  let model: LoopbackServer;
  let canary: CanaryExtension;
  let vs: VscodeDriver;

  const setKey = async (): Promise<void> => {
    await vs.runCommand('Interleave: Set API Key…');
    await vs.quickInput.pick('Anthropic');
    await vs.page.locator('.quick-input-widget input[type="password"]').waitFor();
    await vs.quickInput.answer(key);
    // Wait until it is closed: the palette begins with Escape, which would cancel it.
    await vs.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  };
  const run = async (): Promise<ResultsPanel> => {
    await vs.runCommand('View: Close All Editors');
    await vs.openFile('one.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    return await ResultsPanel.find(vs, ['One']);
  };
  const notKept = /Could not store the Anthropic key: .* It is available in this window only\./;

  beforeAll(async () => {
    model = await startScriptedModel((_prompt, { headers }) =>
      headers['x-api-key'] === key
        ? answer('Here I am.')
        : refusal(401, 'authentication_error', 'invalid x-api-key'),
    );
    folder = await promptFolder();
    canary = await CanaryExtension.make();
    vs = await openVscode({
      workspace: folder,
      companions: [CanaryExtension.folder],
      env: canary.env,
      settings: {
        'interleave.provider': 'anthropic',
        'interleave.anthropic.model': 'demo',
        'interleave.anthropic.baseUrl': model.url,
      },
    });
    await canary.started();
  });

  afterAll(async () => {
    await vs?.dispose();
    await model?.close();
    await canary?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('costs the key after a reload, but no run', async () => {
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
