import * as vscode from 'vscode';
import { resultsPanelType } from './contributionIds.ts';

/**
 * Where a file opens that was asked for in the results: not among them. The group of the last used text editor, else
 * the first group without results, else beside them.
 */
export function fileColumn(): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  if (!hasResults(activeTabGroup)) return vscode.ViewColumn.Active;
  const free = all.find((group) => !hasResults(group));
  return free?.viewColumn ?? vscode.ViewColumn.Beside;
}

function hasResults({ tabs }: vscode.TabGroup): boolean {
  return tabs.some(({ input }) => isResultsTab(input));
}

/** Whether a tab shows the results of a run. VS Code puts a prefix before the type of a panel. */
export function isResultsTab(input: unknown): boolean {
  if (!(input instanceof vscode.TabInputWebview)) return false;
  return input.viewType === resultsPanelType || input.viewType.endsWith(`-${resultsPanelType}`);
}

const groupNames = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth'];

/** Moves the focus to where files open, for editors that cannot be told where to open. */
export async function focusFileColumn(): Promise<void> {
  const column = fileColumn();
  if (column === vscode.ViewColumn.Active) return;
  const name = groupNames[column - 1];
  const command = name === undefined ? 'newGroupRight' : `focus${name}EditorGroup`;
  await vscode.commands.executeCommand(`workbench.action.${command}`);
}
