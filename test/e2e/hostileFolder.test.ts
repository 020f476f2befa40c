import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connectProxy.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { setApiKey } from './support/apiKey.ts';
import {
  hostileFiles,
  hostileSettings,
  type Manifest,
  nestedSettings,
  redirectingSettings,
} from './support/hostileSettings.ts';
import { openVscode } from './support/openVscode.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

/** A key for the vendor's own server. */
const canary = 'sk-ant-canary-0123456789abcdef';
const vendor = 'api.anthropic.com:443';
/** VS Code's own requests. */
const marketplace = 'open-vsx.org:443';

/**
 * Two folders with the examples, alone and together. Their settings and files point at the folder's
 * own server, the thief. The vendors can be reached only through the proxy in the user's
 * environment.
 */
describe('Folders whose settings name their own server', () => {
  let folder: string;
  let hostile: Record<string, unknown>;
  let thief: LoopbackServer;
  let proxy: ConnectProxy;
  let vs: VscodeDriver | undefined;

  beforeAll(async () => {
    thief = await startScriptedModel(() => answer('Thank you.'));
    proxy = await startConnectProxy();
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    const manifest: Manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    const ours = hostileSettings(manifest, thief.url);
    expect(ours).toMatchObject({
      'interleave.anthropic.baseUrl': thief.url,
      'interleave.openai.baseUrl': thief.url,
      'interleave.provider': 'anthropic',
      'interleave.mode': 'serial',
    });
    // A folder may change this setting, and without it there would be nothing to click.
    delete ours['interleave.codeLens'];
    hostile = { ...ours, ...redirectingSettings(thief.url) };
    const settings = {
      ...hostile,
      ...nestedSettings(hostile),
      '[markdown]': ours,
      '[prompt]': ours,
    };
    for (const name of ['one', 'two']) {
      await cp(path.join(ROOT, 'examples'), path.join(folder, name), { recursive: true });
      const files = {
        ...hostileFiles(thief.url),
        '.vscode/settings.json': JSON.stringify(settings),
        [`${name}.prompts.md`]:
          '---\nprovider: anthropic\nmodel: thief\n---\n\n## Key\n\nSay it.\n',
      };
      for (const [file, text] of Object.entries(files))
        await write(path.join(folder, name, file), text);
    }
    const folders = [{ path: 'one' }, { path: 'two', name: 'second' }];
    await write(path.join(folder, 'both.code-workspace'), JSON.stringify({ folders, settings }));
  });

  afterEach(async () => {
    await vs?.dispose();
    vs = undefined;
  });

  afterAll(async () => {
    await thief?.close();
    await proxy?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(what: string, trusted: boolean): Promise<VscodeDriver> {
    const { url } = proxy;
    const env = { HTTPS_PROXY: url, HTTP_PROXY: url, https_proxy: url, http_proxy: url };
    vs = await openVscode({ workspace: folder, open: what, trusted, env });
    return vs;
  }

  const vendorRequests = (): number => proxy.asked.filter((host) => host === vendor).length;

  /** Runs the file and checks that the request goes to the key's own server. */
  async function runWithKey(window: VscodeDriver, file: string): Promise<void> {
    await setApiKey(window, 'Anthropic', canary);
    const before = vendorRequests();
    await window.openFile(file);
    await window.runCommand('Interleave: Run All Prompts in File');
    await expect.poll(vendorRequests, { timeout: 20_000 }).toBeGreaterThan(before);
    await window.runCommand('Interleave: Cancel Run');
    // The folder's harmless settings apply: otherwise the run would not be serial.
    const isSerial = (log: string): boolean => / 1 prompt, anthropic \S+, serial/.test(log);
    await window.outputChannelText('Interleave', isSerial);
    await window.runCommand('View: Toggle Output');
  }

  function expectNothingStolen(window: VscodeDriver): void {
    expect(thief.requests).toEqual([]);
    // VS Code lets a trusted folder choose a proxy, and sends marketplace requests through it.
    expect(thief.connects.filter((host) => host !== marketplace)).toEqual([]);
    expect(thief.socketsOpened).toBe(thief.connects.length);
    expect(proxy.received()).not.toContain(canary);
    expect(ownErrors(window.consoleLines)).toEqual([]);
  }

  it('get no request when trusted: Interleave offers the demo model instead', async () => {
    const window = await open('one', true);
    await window.openSidebar();
    await new SidebarTree(window.page, 'Prompts').waitFor(/^Sum then multiply/);
    await window.openFile('thief.prompts.md');
    await window.openFile('haiku.prompt.md');
    await window.runCommand('Interleave: Run All Prompts in File');
    const question = window.notification('No API key is set');
    await question.getByRole('button', { name: 'Use Demo Model' }).click();
    const panel = await ResultsPanel.find(window, ['haiku']);
    expect(await panel.ended()).toEqual(['done']);
    expect(await panel.frame.locator('vscode-badge').textContent()).toMatch(/demo model/);
    expect(vendorRequests()).toBe(0);
    await runWithKey(window, 'thief.prompt.md');

    // Both folders, with machine settings that a container's description can write. Base URLs are
    // left out: as machine settings they are the user's own, and the next test covers them.
    const ofMachine = Object.entries(hostile).filter(([name]) => !name.endsWith('.baseUrl'));
    await window.setSettings(Object.fromEntries(ofMachine));
    await window.openInstead('both.code-workspace');
    await window.openSidebar();
    await new SidebarTree(window.page, 'Prompts').waitFor(/^one/);
    await runWithKey(window, 'two.prompts.md');
    expectNothingStolen(window);
  });

  it("do not override the machine's base URL, which gets no key of another server", async () => {
    const other = await startScriptedModel(() => answer('Thank you.'));
    const window = await open('one', true);
    await setApiKey(window, 'Anthropic', canary);
    await window.setSettings({ 'interleave.anthropic.baseUrl': other.url });
    // The window applies the setting asynchronously.
    const testedRequests = async (): Promise<number> => {
      await window.runCommand('Interleave: Test Connection');
      await window.quickInput.pick('Anthropic');
      return other.requests.length;
    };
    await expect.poll(testedRequests, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(0);
    expect(JSON.stringify(other.requests)).not.toContain(canary);
    expectNothingStolen(window);
    await other.close();
  });

  it.each(['one', 'both.code-workspace'])(
    'get no request in Restricted Mode, which shows prompts and refuses to run them (%s)',
    async (what) => {
      const window = await open(what, false);
      const before = vendorRequests();
      await window.page.getByText('Restricted Mode').first().waitFor();
      await setApiKey(window, 'Anthropic', canary);
      await window.openFile(what === 'one' ? 'math.prompts.md' : 'two.prompts.md');
      await window.openSidebar();
      await new SidebarTree(window.page, 'Prompts').waitFor(what === 'one' ? /^Sum then/ : /^one/);
      expect(await new SidebarTree(window.page, 'Runs').welcome.textContent()).toMatch(
        /Restricted Mode.*not run.*Manage Workspace Trust/s,
      );
      await window.runCommand('Interleave: Run All Prompts in File');
      const refusal = window.notification('Prompts cannot run in Restricted Mode');
      await refusal.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
      await window.page.locator('.codelens-decoration a', { hasText: 'Run' }).first().click();
      await refusal.waitFor();
      await window.openFile('thief.prompts.md');
      await window.runCommand('Interleave: Test Connection');
      expect(await window.page.locator('.tab', { hasText: 'Sum then multiply' }).count()).toBe(0);
      expect(vendorRequests()).toBe(before);
      expectNothingStolen(window);
    },
  );
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
