import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/**
 * Lists to pick from and questions for a text. VS Code shows icons in every text of a list and links in
 * every text of a question, so each of them is made plain; an icon of ours goes into `iconPath`.
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

/** Lets a person check some of a list; what is typed is looked for in all texts of an item. */
export async function pickMany<T extends vscode.QuickPickItem>(
  items: Promise<readonly T[]>,
  title: string,
  placeHolder: string,
): Promise<readonly T[]> {
  const plain = items.then((known) => known.map(plainPick));
  const picked = await vscode.window.showQuickPick(plain, {
    title: plainText(title),
    placeHolder: plainText(placeHolder),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked ?? [];
}

/** A list that changes while it is open; `setPicks` sets its items. */
export function createPickList<T extends vscode.QuickPickItem>(): vscode.QuickPick<T> {
  return vscode.window.createQuickPick<T>();
}

/** An item with plain texts only. */
export function plainPick<T extends vscode.QuickPickItem>(item: T): T {
  const { label, description, detail } = item;
  return {
    ...item,
    label: plainText(label),
    ...(description === undefined ? {} : { description: plainText(description) }),
    ...(detail === undefined ? {} : { detail: plainText(detail) }),
  };
}

export interface TextQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly valueSelection?: readonly [number, number];
  readonly password?: boolean;
  readonly ignoreFocusOut?: boolean;
  /** What is wrong with a text; undefined when nothing is. */
  readonly check: (text: string) => string | undefined | Promise<string | undefined>;
}

/** Asks for a text; undefined when the question was closed. */
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
