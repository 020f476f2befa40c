import * as vscode from 'vscode';
import { plainLines, plainText } from '../host/plainText.ts';

/** What a row of a tree says. */
export interface ItemTexts {
  readonly label: string;
  readonly description?: string;
  /** Of several lines. Without one, VS Code would show the label again. */
  readonly tooltip?: string;
  /** What a screen reader says instead of label, description and tooltip. */
  readonly spoken?: string;
}

/** A row of a tree whose texts may come from anywhere: each is made plain. */
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
