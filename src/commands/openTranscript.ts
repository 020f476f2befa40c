import * as vscode from 'vscode';
import { transcriptScheme } from '../host/contributionIds.ts';
import { fileColumn } from '../host/fileColumn.ts';
import { plainText } from '../host/plainText.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { conversationOf } from './runOf.ts';

/** Opens one conversation as a read-only Markdown document. */
export function openTranscript(services: Pick<CommandServices, 'history'>): CommandHandler {
  return async (argument) => {
    const { run, conversation } = await conversationOf(services, argument);
    const name = plainText(conversation.name, 80)
      .replaceAll(/[\\/:?#\s]+/g, ' ')
      .trim();
    const uri = vscode.Uri.from({
      scheme: transcriptScheme,
      path: `/${conversation.index + 1} ${name}.md`,
      query: JSON.stringify({ runId: run.id, conversation: conversation.index }),
    });
    await vscode.window.showTextDocument(uri, { preview: true, viewColumn: fileColumn() });
  };
}
