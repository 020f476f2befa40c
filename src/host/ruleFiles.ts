import type * as vscode from 'vscode';
import type { RuleProblem } from '../core/approvals/rules/rule.ts';
import { workspaceRulesFile } from '../shared/workspaceRulesFile.ts';
import { isEditable } from './promptLibrary.ts';

export type { RuleProblem };

/** Whether a document is an editable file named `*.rules`. Other programs use that name, too. */
export function isRuleDocument(uri: vscode.Uri): boolean {
  return uri.path.endsWith('.rules') && isEditable(uri);
}

/** Whether a file has the rules that a workspace folder brings, by its place. */
export function isFolderRules({ path }: vscode.Uri): boolean {
  return path.endsWith(`/${workspaceRulesFile}`);
}

const ruleLine = /^\s*(?:deny|ask|allow)\s+(?:lm:)?[\w*.-]+\s*(?:\(.*|(?:agent=|unattended).*)?$/m;

/** Whether a text has at least one line in the form of a rule, so that the file is meant for Interleave. */
export function readsAsRules(text: string): boolean {
  return ruleLine.test(text);
}
