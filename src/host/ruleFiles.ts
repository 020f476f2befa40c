import type * as vscode from 'vscode';
import type { RuleProblem } from '../core/approvals/rules/rule.ts';
import { isEditable } from './promptLibrary.ts';

export type { RuleProblem };

/** Whether a document is an editable file named `*.rules`. Other programs use that name, too. */
export function isRuleDocument(uri: vscode.Uri): boolean {
  return uri.path.endsWith('.rules') && isEditable(uri);
}

const ruleLine = /^\s*(?:deny|ask|allow)\s+(?:lm:)?[\w*.-]+\s*(?:\(.*|(?:agent=|unattended).*)?$/m;

/** Whether a text has at least one line in the form of a rule, so that the file is meant for Interleave. */
export function readsAsRules(text: string): boolean {
  return ruleLine.test(text);
}
