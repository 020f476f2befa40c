import * as vscode from 'vscode';
import { promptTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import { isPromptFile } from '../host/promptLibrary.ts';
import { isRunArgument } from '../host/runArgument.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'launcher' | 'requests'>;

/** Runs all prompts of the file that the argument names, else of the active editor's file. */
export function runFile({ launcher, requests }: Services): CommandHandler {
  return async (argument) => {
    if (isRunArgument(argument)) return launcher.run(await requests.from(argument), argument.token);
    const uri = argument instanceof vscode.Uri ? argument : activePromptFile();
    return launcher.run(await requests.ofFiles([uri]));
  };
}

/** Runs all prompts of the files selected in the Explorer. */
export function runFiles({ launcher, requests }: Services): CommandHandler {
  return async (argument, selected) => {
    if (isRunArgument(argument)) return launcher.run(await requests.from(argument), argument.token);
    const uris = (Array.isArray(selected) ? selected : [argument]).filter(
      (uri): uri is vscode.Uri => uri instanceof vscode.Uri && isPromptFile(uri),
    );
    if (uris.length === 0) {
      throw new HostError('Select files whose names end in .prompts.md or .prompt.md.');
    }
    return launcher.run(await requests.ofFiles(uris));
  };
}

function activePromptFile(): vscode.Uri {
  const uri = shownUris().find(isPromptFile);
  if (uri !== undefined) return uri;
  throw new HostError(
    'The active editor has no prompt file. Open a file whose name ends in .prompts.md or .prompt.md.',
  );
}

/** The files of the active text editor and the active tab: a tab may have another editor or not be loaded yet. */
function shownUris(): readonly vscode.Uri[] {
  const text = vscode.window.activeTextEditor?.document.uri;
  const { uri } = promptTarget(vscode.window.tabGroups.activeTabGroup.activeTab?.input) ?? {};
  return [text, uri].filter((shown) => shown !== undefined);
}
