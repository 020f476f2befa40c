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

/** One question of a form. */
export interface FormField {
  readonly prompt: string;
  readonly placeholder?: string;
  /** The text that is offered. */
  readonly value: string;
}

/** Asks for several texts, one after another, with a way back. Resolves with undefined when the form was closed. */
export async function askForm(
  title: string,
  fields: readonly FormField[],
): Promise<readonly string[] | undefined> {
  const texts = fields.map(({ value }) => value);
  for (let step = 0; step < fields.length; ) {
    const field = fields[step];
    if (field === undefined) break;
    const place = { title, step: step + 1, totalSteps: fields.length };
    const answer = await askStep({ ...field, value: texts[step] ?? '' }, place);
    if (answer === undefined) return undefined;
    texts[step] = answer.text;
    step += answer.goesBack ? -1 : 1;
  }
  return texts;
}

interface StepAnswer {
  readonly text: string;
  readonly goesBack: boolean;
}

function askStep(
  { prompt, placeholder, value }: FormField,
  place: { readonly title: string; readonly step: number; readonly totalSteps: number },
): Promise<StepAnswer | undefined> {
  const box = vscode.window.createInputBox();
  Object.assign(box, {
    ...{ ...place, title: plainText(place.title), prompt: plainText(prompt), value },
    placeholder: plainText(placeholder ?? ''),
    valueSelection: [0, value.length],
    // Whoever copies a value from another window must not lose the others.
    ignoreFocusOut: true,
    buttons: place.step > 1 ? [vscode.QuickInputButtons.Back] : [],
  });
  return new Promise((resolve) => {
    box.onDidAccept(() => resolve({ text: box.value, goesBack: false }));
    box.onDidTriggerButton(() => resolve({ text: box.value, goesBack: true }));
    box.onDidHide(() => resolve(undefined));
    box.show();
  }).finally(() => box.dispose()) as Promise<StepAnswer | undefined>;
}
