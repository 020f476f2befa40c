import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { poll } from './poll.ts';
import type { VscodeDriver } from './vscodeDriver.ts';

const EXPORT_TIMEOUT_MS = 30_000;

/** Saves the results of the newest run to a new file of the workspace and returns its text. */
export async function exportResults(vs: VscodeDriver, name: string): Promise<string> {
  const target = path.join(vs.workspace, name);
  await vs.runCommand('Interleave: Export Results…');
  const input = vs.page.locator('.quick-input-widget:visible input.input');
  // Until then, it is the input of the palette.
  await expect.poll(() => input.inputValue()).toMatch(/\.results\.json$/);
  await vs.quickInput.answer(target);
  return await poll(
    async () => {
      if (existsSync(target)) return await readFile(target, 'utf8');
      // The dialog must first see that the folder exists.
      await input.press('Enter', { timeout: 1_000 });
      return undefined;
    },
    { timeoutMs: EXPORT_TIMEOUT_MS, explain: async () => `${target} is missing.` },
  );
}
