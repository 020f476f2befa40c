import type * as vscode from 'vscode';
import type { PromptTarget } from '../host/commandTargets.ts';
import { promptTarget } from '../host/commandTargets.ts';
import type { FilePrompt } from '../host/filePrompt.ts';
import { HostError } from '../host/hostError.ts';
import type { PromptLibrary } from '../host/promptLibrary.ts';
import { isPromptFile } from '../host/promptLibrary.ts';
import { promptsBySlug, promptsOfFile } from '../host/promptSelection.ts';
import { parsePromptId } from '../shared/promptId.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'launcher' | 'library' | 'requests'>;

/** Runs the prompts, files and folders selected in the Prompts view. */
export function runItem({ launcher, library, requests }: Services): CommandHandler {
  return async (item, selected) => {
    const prompts = await selectedPrompts(library, item, selected);
    return launcher.run(await requests.of(prompts));
  };
}

/** The prompts of the selected prompts, files and folders, each once. Rejects when there are none. */
export async function selectedPrompts(
  library: PromptLibrary,
  item: unknown,
  selected: unknown,
): Promise<readonly FilePrompt[]> {
  const items: readonly unknown[] =
    Array.isArray(selected) && selected.length > 0 ? selected : [item];
  const targets = items.map(promptTarget).filter((target) => target !== undefined);
  const found = await Promise.all(targets.map((target) => promptsOf(library, target)));
  const prompts = unique(found.flat());
  if (prompts.length === 0) throw new HostError('The selection has no prompts to run.');
  return prompts;
}

async function promptsOf(library: PromptLibrary, { uri, promptId }: PromptTarget) {
  if (promptId !== undefined) {
    return promptsBySlug(library, uri, new Set([parsePromptId(promptId).slug]));
  }
  if (isPromptFile(uri)) return promptsOfFile(library, uri);
  const inside = (await library.files()).filter((file) => isInside(file, uri));
  return (await Promise.all(inside.map((file) => promptsOfFile(library, file)))).flat();
}

function isInside(file: vscode.Uri, folder: vscode.Uri): boolean {
  // Compares the text form, where VS Code writes drive letters in lower case.
  const address = folder.toString();
  return file.toString().startsWith(address.endsWith('/') ? address : `${address}/`);
}

/** Removes duplicates: a file and one of its prompts may both be selected. */
function unique<P extends { readonly id: string }>(prompts: readonly P[]): readonly P[] {
  return [...new Map(prompts.map((prompt) => [prompt.id, prompt])).values()];
}
