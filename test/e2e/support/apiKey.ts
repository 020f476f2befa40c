import type { VscodeDriver } from './vscodeDriver.ts';

/**
 * Sets the key of a provider (`Anthropic`, `OpenAI`) in the window, and resolves when it is stored.
 */
export async function setApiKey(vs: VscodeDriver, provider: string, key: string): Promise<void> {
  await vs.runCommand('Interleave: Set API Key…');
  await vs.quickInput.pick(provider);
  await vs.page.locator('.quick-input-widget input[type="password"]').waitFor();
  await vs.quickInput.answer(key);
  await vs.page.locator('.statusbar').getByText(`${provider} key saved`).waitFor();
}
