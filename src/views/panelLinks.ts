import * as vscode from 'vscode';
import { copyToClipboard } from '../host/clipboard.ts';
import { askModal, showMessage } from '../host/messages.ts';
import { checkLink } from './linkCheck.ts';

/**
 * Opens a link from an answer after the user confirms its address. Refuses links that are not safe to open.
 * Resolves with whether it was opened or copied.
 */
export async function openLink(text: string): Promise<boolean> {
  const link = checkLink(text);
  if (link === undefined) {
    void showMessage(
      'warning',
      `Link not opened: results can open only http and https addresses without a user name. ${text.slice(0, 200)}`,
    );
    return false;
  }
  const open = 'Open';
  const copy = 'Copy';
  const choice = await askModal(
    `Open ${link.host}?`,
    `A model wrote this link. Opening it sends the whole address to ${link.host}:\n\n${link.url}`,
    [open, copy],
  );
  if (choice === open) return await vscode.env.openExternal(vscode.Uri.parse(link.url, true));
  if (choice === copy) await copyToClipboard(link.url);
  return choice === copy;
}
