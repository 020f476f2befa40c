import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/**
 * Quick picks and input boxes. VS Code renders icons in the texts of a quick pick and links in those of an input
 * box, so all texts are made plain. Icons of Interleave go into `iconPath`.
 *
 * Resolves with the selected item; undefined when the quick pick was closed.
 */
export async function pickOne<T extends vscode.QuickPickItem>(
  items: readonly T[],
  title: string,
  placeHolder?: string,
): Promise<T | undefined> {
  return await vscode.window.showQuickPick(items.map(plainPick), {
    title: plainText(title),
    ...(placeHolder === undefined ? {} : { placeHolder: plainText(placeHolder) }),
    matchOnDescription: true,
  });
}

/** Resolves with the checked items; undefined when closed. The filter searches all texts of an item. */
export async function pickMany<T extends vscode.QuickPickItem>(
  items: readonly T[] | Promise<readonly T[]>,
  title: string,
  placeHolder: string,
): Promise<readonly T[] | undefined> {
  const plain = Promise.resolve(items).then((known) => known.map(plainPick));
  return await vscode.window.showQuickPick(plain, {
    title: plainText(title),
    placeHolder: plainText(placeHolder),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

/** A quick pick whose items change while it is open. Make its items with `plainPick`. */
export function createPickList<T extends vscode.QuickPickItem>(): vscode.QuickPick<T> {
  return vscode.window.createQuickPick<T>();
}

/** A copy of an item with its texts made plain. */
export function plainPick<T extends vscode.QuickPickItem>(item: T): T {
  const { label, description, detail } = item;
  return {
    ...item,
    label: plainText(label),
    ...(description === undefined ? {} : { description: plainText(description) }),
    ...(detail === undefined ? {} : { detail: plainText(detail) }),
  };
}

/** An input box. */
export interface TextQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly valueSelection?: readonly [number, number];
  readonly password?: boolean;
  readonly ignoreFocusOut?: boolean;
  /** The error message for an input; undefined when it is valid. */
  readonly check: (text: string) => string | undefined | Promise<string | undefined>;
}

/** Resolves with the entered text; undefined when the input box was closed. */
export async function askText({
  title,
  prompt,
  check,
  valueSelection,
  ...options
}: TextQuestion): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    ...options,
    ...(valueSelection === undefined ? {} : { valueSelection: [...valueSelection] }),
    title: plainText(title),
    prompt: plainText(prompt),
    validateInput: async (text) => {
      const problem = await check(text);
      return problem === undefined ? undefined : plainText(problem);
    },
  });
}
