import * as vscode from 'vscode';
import { conversationTarget } from '../host/commandTargets.ts';
import { transcriptScheme } from '../host/contributionIds.ts';
import { HostError } from '../host/hostError.ts';
import { plainText } from '../host/plainText.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Opens one conversation as a read-only Markdown document. */
export function openTranscript({ runs }: Pick<CommandServices, 'runs'>): CommandHandler {
  return async (argument) => {
    const target = conversationTarget(argument);
    const run = runOf(runs, argument);
    const conversation = target && run.state.conversations[target.conversation];
    if (conversation === undefined)
      throw new HostError('Choose the conversation in the Runs view.');
    const name = plainText(conversation.name, 80)
      .replaceAll(/[\\/:?#\s]+/g, ' ')
      .trim();
    const uri = vscode.Uri.from({
      scheme: transcriptScheme,
      path: `/${conversation.index + 1} ${name}.md`,
      query: JSON.stringify({ runId: run.id, conversation: conversation.index }),
    });
    await vscode.window.showTextDocument(uri, { preview: true });
  };
}
