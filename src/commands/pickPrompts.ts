import * as vscode from 'vscode';
import { HostError } from '../host/hostError.ts';
import { pickMany } from '../host/picks.ts';
import { plainText } from '../host/plainText.ts';
import type { PromptLibrary } from '../host/promptLibrary.ts';
import { nameOf, toFilePrompt } from '../host/promptSelection.ts';
import { isRunArgument } from '../host/runArgument.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

interface PromptPick extends vscode.QuickPickItem {
  readonly prompt?: ReturnType<typeof toFilePrompt>;
}

/** Lets the user pick from all prompts of the workspace and runs them. */
export function pickPrompts({
  launcher,
  library,
  requests,
}: Pick<CommandServices, 'launcher' | 'library' | 'requests'>): CommandHandler {
  return async (argument) => {
    if (isRunArgument(argument)) return launcher.run(await requests.from(argument), argument.token);
    const picks = promptPicks(library);
    const picked = (await pickMany(picks, 'Run Prompts', 'Select the prompts to run')) ?? [];
    const prompts = picked.flatMap(({ prompt }) => (prompt === undefined ? [] : [prompt]));
    if (prompts.length === 0) return undefined;
    return launcher.run(await requests.of(prompts));
  };
}

async function promptPicks(library: PromptLibrary): Promise<PromptPick[]> {
  const uris = await library.files();
  const groups = await Promise.all(uris.map((uri) => picksOfFile(library, uri)));
  const picks = groups.flat();
  if (picks.length > 0) return picks;
  throw new HostError('This workspace has no prompts. Run "Interleave: New Prompt File…" first.');
}

/** Empty for a file that cannot be read or has an error. */
async function picksOfFile(library: PromptLibrary, uri: vscode.Uri): Promise<PromptPick[]> {
  const file = await library.parse(uri).catch(() => undefined);
  if (file === undefined || file.diagnostics.some(({ severity }) => severity === 'error'))
    return [];
  const separator = { label: nameOf(uri), kind: vscode.QuickPickItemKind.Separator };
  const picks = file.prompts.map((prompt) => ({
    label: prompt.name,
    detail: plainText(prompt.text, 160),
    prompt: toFilePrompt(prompt, uri),
  }));
  return picks.length > 0 ? [separator, ...picks] : [];
}
