import * as vscode from 'vscode';
import { askModal, showMessage } from '../host/messages.ts';
import { checkLink } from './linkCheck.ts';

/** Opens a link of an answer after a person has seen where it leads; others are refused. */
export async function openLink(text: string): Promise<void> {
  const link = checkLink(text);
  if (link === undefined) {
    void showMessage(
      'warning',
      `The link was not opened. Only http and https addresses without a user name can be opened from results: ${text.slice(0, 200)}`,
    );
    return;
  }
  const open = 'Open';
  const copy = 'Copy';
  const choice = await askModal(
    `Open ${link.host}?`,
    `A model wrote this link. Opening it sends the whole address to ${link.host}:\n\n${link.url}`,
    [open, copy],
  );
  if (choice === open) await vscode.env.openExternal(vscode.Uri.parse(link.url, true));
  if (choice === copy) await vscode.env.clipboard.writeText(link.url);
}
