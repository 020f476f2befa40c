import * as vscode from 'vscode';
import { conversationTarget, promptTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import { parsePromptId } from '../shared/promptId.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

type Services = Pick<CommandServices, 'history' | 'library'>;

/** Opens the file of a prompt at its line. The argument names a conversation or a prompt of the Prompts view. */
export function revealPrompt(services: Services): CommandHandler {
  return async (argument) => {
    const place = await placeOf(services, argument);
    const at = new vscode.Position(place.line, 0);
    const editor = await vscode.window.showTextDocument(place.uri, { preview: true });
    // The file may be shorter by now.
    const position = editor.document.validatePosition(at);
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.AtTop);
  };
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
