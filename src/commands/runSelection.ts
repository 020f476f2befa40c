import * as vscode from 'vscode';
import type { Engine } from '../host/engine.ts';
import { HostError } from '../host/hostError.ts';
import { idFile } from '../host/promptFileId.ts';
import { isPromptFile } from '../host/promptLibrary.ts';
import { nameOf, promptsAtCursors, rejectErrors, toFilePrompt } from '../host/promptSelection.ts';
import { isRunArgument } from '../host/runArgument.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'engine' | 'launcher' | 'library' | 'requests'>;

/**
 * In a prompt file: runs the prompts that the cursors and selections touch. In any other file: runs each selection
 * as one prompt.
 */
export function runSelection(services: Services): CommandHandler {
  return async (argument) => {
    const { launcher, library, requests } = services;
    if (isRunArgument(argument)) return launcher.run(await requests.from(argument), argument.token);
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) throw new HostError('Open a file and select the text to run.');
    const prompts = isPromptFile(editor.document.uri)
      ? await promptsAtCursors(library, await services.engine.get(), editor)
      : selectedTexts(await services.engine.get(), editor);
    return launcher.run(await requests.of(prompts));
  };
}

function selectedTexts(engine: Engine, editor: vscode.TextEditor) {
  const { document, selections } = editor;
  const selected = selections.filter(({ isEmpty }) => !isEmpty);
  if (selected.length === 0) throw new HostError('Select the text to run as a prompt first.');
  const inOrder = selected.toSorted((a, b) => a.start.compareTo(b.start));
  return inOrder.flatMap((selection) => {
    const line = selection.start.line + 1;
    const name = `${nameOf(document.uri)}:${line}`;
    const id = { file: idFile(document.uri), slug: `line-${line}` };
    const file = engine.promptsFromSelection(document.getText(selection), { id, name });
    rejectErrors(file, name);
    return file.prompts.map((prompt) => ({
      ...toFilePrompt(prompt, document.uri),
      source: { uri: document.uri.toString(), line: selection.start.line },
    }));
  });
}
