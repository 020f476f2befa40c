import * as vscode from 'vscode';
import { plainLines, plainText } from '../host/plainText.ts';

/** The texts of a tree row. */
export interface ItemTexts {
  readonly label: string;
  readonly description?: string;
  /** May have several lines. Without a tooltip, VS Code would show the label again. */
  readonly tooltip?: string;
  /** Screen readers say this instead of label, description and tooltip. */
  readonly spoken?: string;
}

/** A tree row. Its texts may come from an untrusted source, so each is turned into plain text. */
export function plainItem(
  { label, description, tooltip, spoken }: ItemTexts,
  state = vscode.TreeItemCollapsibleState.None,
): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(label), state);
  if (description !== undefined) item.description = plainText(description);
  if (tooltip !== undefined) item.tooltip = plainLines(tooltip);
  if (spoken !== undefined) item.accessibilityInformation = { label: plainText(spoken) };
  return item;
}

/** The same of a tooltip that is made when it is shown. */
export function withTooltip(item: vscode.TreeItem, tooltip: string | undefined): vscode.TreeItem {
  if (tooltip !== undefined) item.tooltip = plainLines(tooltip);
  return item;
}
