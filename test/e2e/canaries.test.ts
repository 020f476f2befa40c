import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  canaries,
  canaryFiles,
  canaryServer,
  environmentKeys,
  promptNames,
  promptText,
} from '../support/canaries.ts';
import { setApiKey } from './support/apiKey.ts';
import { exportResults } from './support/exportResults.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';

const TEST_TIMEOUT_MS = 240_000;

/** Names of the canaries in a text. */
function foundIn(text: string, among: ReadonlyMap<string, string>): readonly string[] {
  return [...among].filter(([, secret]) => text.includes(secret)).map(([name]) => name);
}

/** Names and contents of all files below a folder whose paths match. */
async function textOf(folder: string, pattern: string): Promise<string> {
  const files = globSync(pattern, { cwd: folder, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const texts = files.map(async ({ parentPath, name }) => {
    return `${name}\n${await readFile(path.join(parentPath, name), 'latin1')}`;
  });
  return (await Promise.all(texts)).join('\n');
}

describe('20 canaries in a real window', () => {
  it(
    'stay out of the log, of all log files, of the panel and of exports',
    async () => {
      const server = await canaryServer('anthropic');
      const prompts = promptNames.map((name) => `## ${name}\n\n${promptText(name)}\n`).join('\n');
      const vs = await openVscode({
        files: { ...canaryFiles, 'all.prompts.md': prompts },
        env: Object.fromEntries(
          [...canaries].map(([, secret], index) => [`CANARY_${index}`, secret]),
        ),
        settings: {
          'interleave.provider': 'anthropic',
          'interleave.anthropic.baseUrl': server.url,
          'interleave.limits.attempts': 2,
        },
      });
      onTestFinished(async () => await vs.dispose());
      for (const [provider, name] of [
        ['Anthropic', 'anthropic'],
        ['OpenAI', 'openai'],
      ] as const) {
        await setApiKey(vs, provider, environmentKeys.get(name) ?? '');
      }

      await vs.openFile('all.prompts.md');
      await vs.runCommand('Interleave: Run All Prompts in File');
      const panel = await ResultsPanel.find(vs, promptNames);
      await panel.ended();
      // All faults once more, while recording the messages to the panel.
      const messages = await listen(panel.frame);
      await panel.tool('Rerun Failed').click();
      await expect.poll(async () => (await messages()).includes('"run.finished"')).toBe(true);
      expect(foundIn(server.sent(), canaries)).toHaveLength(canaries.size);

      const log = await vs.outputChannelText('Interleave', (text) => text.includes('attempt 2'));
      expect(foundIn(log, canaries)).toEqual([]);
      expect(foundIn(vs.consoleLines.join('\n'), canaries)).toEqual([]);
      const logFiles = await textOf(vs.profile, 'data/logs/**/*');
      expect(logFiles).toContain('attempt 2');
      expect(foundIn(logFiles, canaries)).toEqual([]);

      const received = await messages();
      expect(foundIn(errorsIn(received), canaries)).toEqual([]);
      expect(foundIn(received, environmentKeys)).toEqual([]);
      expect(foundIn(await shownBy(panel), environmentKeys)).toEqual([]);
      for (const name of ['all.json', 'all.md']) {
        const text = await exportResults(vs, name);
        expect(text).toContain('readsFile');
        expect(foundIn(text, environmentKeys), name).toEqual([]);
      }
      // Includes the journal and everything else VS Code stores.
      const kept = await textOf(vs.profile, '**/*');
      expect(kept).toContain('The notes say');
      expect(foundIn(kept, environmentKeys)).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );
});

/** Collects every later message to the page. */
async function listen(frame: Frame): Promise<() => Promise<string>> {
  await frame.evaluate(() => {
    const page = globalThis as unknown as ListeningPage;
    page.received = [];
    page.addEventListener('message', ({ data }) => page.received.push(JSON.stringify(data)));
  });
  return async () =>
    await frame.evaluate(() => (globalThis as unknown as ListeningPage).received.join('\n'));
}

interface ListeningPage {
  received: string[];
  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void;
}

/** The errors in the messages. */
function errorsIn(received: string): string {
  const errors: unknown[] = [];
  for (const message of received.split('\n')) {
    JSON.parse(message, (key, value: unknown) => {
      if (key === 'error' || key === 'paused' || key === 'requestId') errors.push(value);
      return value;
    });
  }
  expect(errors.length).toBeGreaterThan(5);
  return JSON.stringify(errors);
}

/** The text of the panel with every conversation expanded. */
async function shownBy(panel: ResultsPanel): Promise<string> {
  let text = '';
  for (const name of promptNames) {
    const details = await panel.open(name);
    text += await details.textContent();
    await panel.row(name).click();
  }
  return text + (await panel.frame.locator('body').textContent());
}
