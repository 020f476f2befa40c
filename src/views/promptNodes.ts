import * as vscode from 'vscode';
import type { PromptTarget } from '../host/commandTargets.ts';
import { plainText } from '../host/plainText.ts';
import type { Prompt, PromptFile } from '../host/promptLibrary.ts';
import { nameOf } from '../host/promptSelection.ts';
import { hasEnded } from '../shared/conversationState.ts';
import { plural } from '../shared/quantities.ts';
import { conversationDescription } from './conversationWords.ts';
import { phaseIcon } from './phaseIcons.ts';
import type { ItemTexts } from './plainItem.ts';
import { plainItem } from './plainItem.ts';
import type { PromptOutcome } from './promptOutcomes.ts';

/** A folder that contains prompt files. */
export interface FolderNode extends PromptTarget {
  readonly kind: 'folder';
  readonly label: string;
  readonly children: readonly (FolderNode | FileNode)[];
  /** All files in the folder and below. */
  readonly files: readonly FileNode[];
}

/** A prompt file. */
export interface FileNode extends PromptTarget {
  readonly kind: 'file';
}

/** One prompt of a file. */
export interface PromptNode extends PromptTarget {
  readonly kind: 'prompt';
  readonly promptId: string;
  readonly prompt: Prompt;
  readonly file: FileNode;
}

/** A node of the *Prompts* view. */
export type PromptsNode = FolderNode | FileNode | PromptNode;

/** What the view shows of a file it has read. */
export interface FileSummary {
  /** Prompt ids in file order. */
  readonly ids: readonly string[];
  /** Ids of the prompts that run when the whole file runs. */
  readonly runnable: readonly string[];
  readonly errors: number;
}

/** Summarizes a parsed file for its row. */
export function summarize(file: PromptFile): FileSummary {
  return {
    ids: file.prompts.map(({ id }) => id),
    runnable: file.prompts.filter(({ skip }) => !skip).map(({ id }) => id),
    errors: file.diagnostics.filter(({ severity }) => severity === 'error').length,
  };
}

/** The row of a folder. */
export function folderItem(node: FolderNode, checked: boolean): vscode.TreeItem {
  const spoken = `${node.label}, folder, ${plural(node.files.length, 'prompt file')}`;
  const tooltip = vscode.workspace.asRelativePath(node.uri);
  const texts = { label: node.label, tooltip, spoken };
  const item = plainItem(texts, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `folder ${node.uri.toString()}`;
  item.resourceUri = node.uri;
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = 'folder';
  item.checkboxState = checkbox(checked, node.label);
  return item;
}

/** `collapsed`: with many files, a file shows its prompts only when the user expands it. */
export function fileItem(
  node: FileNode,
  summary: FileSummary | undefined,
  state: { readonly checked: boolean; readonly collapsed: boolean },
): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const texts = fileTexts(node.uri, summary);
  const item = plainItem(texts, state.collapsed ? Collapsed : Expanded);
  item.resourceUri = node.uri;
  item.id = `file ${node.uri.toString()}`;
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'file';
  item.checkboxState = checkbox(state.checked, nameOf(node.uri));
  return item;
}

function fileTexts(uri: vscode.Uri, summary: FileSummary | undefined): ItemTexts {
  const label = nameOf(uri);
  const path = vscode.workspace.asRelativePath(uri);
  if (summary === undefined) return { label, tooltip: path, spoken: `${path}, prompt file` };
  const { ids, errors } = summary;
  const trouble = errors > 0 ? `, ${plural(errors, 'error')}: fix them to run the file` : '';
  return {
    label,
    description: errors > 0 ? plural(errors, 'error') : String(ids.length),
    tooltip: `${path}\n${plural(ids.length, 'prompt')}${trouble}`,
    spoken: `${path}, ${plural(ids.length, 'prompt')}${trouble}`,
  };
}

/** The row of a prompt, with its last outcome if it has one. */
export function promptItem(
  node: PromptNode,
  checked: boolean,
  outcome: PromptOutcome | undefined,
): vscode.TreeItem {
  const { prompt, uri } = node;
  const description = promptDescription(prompt, outcome);
  const item = plainItem({
    label: prompt.name,
    description,
    tooltip: `${prompt.id}\n\n${prompt.text.slice(0, 1000)}`,
    // Otherwise, screen readers would read out the whole tooltip with the prompt.
    spoken: promptSpoken(node, outcome, description),
  });
  item.id = `prompt ${uri.toString()} ${prompt.id}`;
  item.contextValue = 'prompt';
  item.checkboxState = checkbox(checked, prompt.name);
  item.iconPath =
    outcome === undefined ? new vscode.ThemeIcon('comment') : phaseIcon(outcome.phase);
  const line = new vscode.Position(prompt.range.line, 0);
  const selection = new vscode.Range(line, line);
  const command = 'vscode.open';
  item.command = { title: 'Open Prompt', command, arguments: [uri, { selection }] };
  return item;
}

/** Name, file, state and description: what others see from the icon and the place in the tree. */
function promptSpoken(
  { prompt, uri }: PromptNode,
  outcome: PromptOutcome | undefined,
  description: string,
): string {
  const state = outcome === undefined ? '' : outcome.phase;
  return [prompt.name, nameOf(uri), state, description].filter((part) => part !== '').join(', ');
}

function promptDescription(prompt: Prompt, outcome: PromptOutcome | undefined): string {
  // The Runs view shows what a running conversation is doing.
  if (outcome?.whole !== undefined && hasEnded(outcome.whole.conversation)) {
    return conversationDescription(outcome.whole.conversation, outcome.whole.run.nowMs());
  }
  return prompt.skip ? 'skipped' : '';
}

function checkbox(checked: boolean, label: string): NonNullable<vscode.TreeItem['checkboxState']> {
  const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
  return {
    state: checked ? Checked : Unchecked,
    accessibilityInformation: { label: plainText(`Check ${label}`), role: 'checkbox' },
  };
}
