import * as vscode from 'vscode';
import { plural } from '../shared/quantities.ts';
import { messageOf } from '../shared/thrown.ts';
import { revealHidden } from '../shared/visibleText.ts';
import { HostError } from './hostError.ts';

/**
 * Copies a text with its hidden characters made visible, as the views show it. Resolves with a message for
 * the user. Rejects with a `HostError` when the clipboard cannot be written.
 */
export async function copyToClipboard(text: string): Promise<string> {
  const visible = revealHidden(text);
  try {
    await vscode.env.clipboard.writeText(visible);
  } catch (error) {
    const reason = messageOf(error);
    throw new HostError(`Nothing was copied. Could not write to the clipboard: ${reason}`);
  }
  return `Copied ${plural(visible.length, 'character')}`;
}
