import * as vscode from 'vscode';
import { askModal, showMessage } from '../host/messages.ts';
import { checkLink } from './linkCheck.ts';

/**
 * Opens a link from an answer after the user confirms its address. Refuses links that are not safe
 * to open.
 */
export async function openLink(text: string): Promise<void> {
  const link = checkLink(text);
  if (link === undefined) {
    void showMessage(
      'warning',
      `Link not opened: results can open only http and https addresses without a user name. ${text.slice(0, 200)}`,
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
