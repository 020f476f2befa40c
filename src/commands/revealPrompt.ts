import * as vscode from 'vscode';
import { conversationTarget, promptTarget } from '../host/commandTargets.ts';
import { fileColumn } from '../host/fileColumn.ts';
import { HostError } from '../host/hostError.ts';
import { nameOf } from '../host/promptSelection.ts';
import { parsePromptId } from '../shared/promptId.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

type Services = Pick<CommandServices, 'history' | 'library'>;

/** Opens the file of a prompt at its line. The argument names a conversation or a prompt of the Prompts view. */
export function revealPrompt(services: Services): CommandHandler {
  return async (argument) => {
    const place = await placeOf(services, argument);
    const at = new vscode.Position(place.line, 0);
    const editor = await openEditor(place.uri);
    // The file may be shorter by now.
    const position = editor.document.validatePosition(at);
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.AtTop);
  };
}

async function openEditor(uri: vscode.Uri): Promise<vscode.TextEditor> {
  // VS Code would show an empty document in place of one that was closed without being saved.
  const isLost = uri.scheme === 'untitled' && !isOpen(uri);
  if (isLost) throw new HostError('The document of this prompt was closed without being saved.');
  try {
    return await vscode.window.showTextDocument(uri, { preview: true, viewColumn: fileColumn() });
  } catch {
    throw new HostError(`${nameOf(uri)} could not be opened. Was it deleted or moved?`);
  }
}

function isOpen(uri: vscode.Uri): boolean {
  const { textDocuments } = vscode.workspace;
  return textDocuments.some(({ isClosed, uri: own }) => !isClosed && `${own}` === `${uri}`);
}

interface Place {
  readonly uri: vscode.Uri;
  readonly line: number;
}

async function placeOf(services: Services, argument: unknown): Promise<Place> {
  const target = conversationTarget(argument);
  if (target !== undefined) {
    const run = await runOf(services, target);
    const source = run.state.conversations[target.conversation]?.source;
    if (source === undefined) throw new HostError('This prompt is not from a file.');
    return { uri: vscode.Uri.parse(source.uri, true), line: source.line };
  }
  const prompt = promptTarget(argument);
  if (prompt === undefined) throw new HostError('Select a prompt in the Prompts view.');
  const file = await services.library.parse(prompt.uri);
  const slug = parsePromptId(prompt.promptId ?? '').slug;
  const found = file.prompts.find(({ id }) => parsePromptId(id).slug === slug);
  return { uri: prompt.uri, line: found?.range.line ?? 0 };
}
