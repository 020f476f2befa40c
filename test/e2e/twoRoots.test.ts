import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/shared/runResult.ts';
import { answer, refusal, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { exportResults } from './support/exportResults.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { windowForAll } from './support/testWindow.ts';

describe('Two folders in one window with prompt files of the same name', () => {
  /** The prompts that the model refuses. */
  let refused: readonly string[] = ['From api'];
  const window = windowForAll({
    model: () =>
      startScriptedModel((prompt) =>
        refused.includes(prompt)
          ? refusal(400, 'invalid_request_error', 'This prompt is not allowed.')
          : answer(`Re: ${prompt}`),
      ),
    files: {
      'api/same.prompts.md': '## Review\n\nFrom api\n',
      'website/same.prompts.md': '## Review\n\nFrom website\n',
      'both.code-workspace': JSON.stringify({ folders: [{ path: 'api' }, { path: 'website' }] }),
    },
    open: 'both.code-workspace',
  });

  /** The outcome above the prompt in the editor in front, once the editor shows this text. */
  async function lensAbove(text: string): Promise<string> {
    const editor = window.vs.page.locator('.editor-group-container.active .monaco-editor').first();
    await editor.locator('.view-line', { hasText: text }).waitFor();
    const outcome = editor.locator('.codelens-decoration a', { hasText: 'Last:' });
    return ((await outcome.textContent()) ?? '').replaceAll('\u00a0', ' ').trim();
  }

  it('keep their prompts, ids and outcomes apart', async () => {
    const { vs, model } = window;
    await vs.openSidebar();
    const prompts = new SidebarTree(vs.page, 'Prompts');
    for (const name of ['api', 'website']) await prompts.check(name);
    await prompts.action('Run Checked Prompts').click();
    const panel = await ResultsPanel.find(vs, ['Review', 'Review']);
    expect(await panel.ended()).toEqual(['failed', 'done']);
    const { conversations } = JSON.parse(await exportResults(vs, 'all.json')) as RunResult;
    expect(conversations.map(({ id, prompt }) => [id, prompt])).toEqual([
      ['api/same.prompts.md#review', 'From api'],
      ['website/same.prompts.md#review', 'From website'],
    ]);

    await prompts.row(/^Review, same\.prompts\.md, failed/).click();
    expect(await lensAbove('From api')).toBe('Last: failed');
    await prompts.row(/^Review, same\.prompts\.md, done/).click();
    expect(await lensAbove('From website')).toBe('Last: done');
    expect(await prompts.names()).toEqual([
      'api, folder, 1 prompt file',
      expect.stringMatching(/^api.*same\.prompts\.md, 1 prompt$/),
      expect.stringMatching(/^Review, same\.prompts\.md, failed/),
      'website, folder, 1 prompt file',
      expect.stringMatching(/^website.*same\.prompts\.md, 1 prompt$/),
      expect.stringMatching(/^Review, same\.prompts\.md, done/),
    ]);

    // A run of one of them changes nothing of the other.
    refused = ['From website'];
    await prompts.clickRowAction(/^Review, same\.prompts\.md, failed/, 'Run');
    await expect
      .poll(async () => (await prompts.names()).filter((name) => /^Review, .*, done/.test(name)))
      .toHaveLength(2);
    expect(model.requests).toHaveLength(3);
    expect(ownErrors(vs.consoleLines)).toEqual([]);
  });
});
