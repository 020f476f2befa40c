import * as vscode from 'vscode';
import { copyToClipboard } from '../host/clipboard.ts';
import { askModal, showMessage } from '../host/messages.ts';
import { checkLink } from './linkCheck.ts';

/**
 * Opens a link of an answer after a person has seen where it leads; others are refused. Resolves with whether
 * it was opened or copied.
 */
export async function openLink(text: string): Promise<boolean> {
  const link = checkLink(text);
  if (link === undefined) {
    void showMessage(
      'warning',
      `The link was not opened. Only http and https addresses without a user name can be opened from results: ${text.slice(0, 200)}`,
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
