import * as fakeWindow from './fakeWindow.ts';

/**
 * The parts of the `vscode` module that commands and language model requests need, in plain Node:
 * `vi.mock('vscode', () => import('…/fakeVscode.ts'))`.
 */

/** Where the extension runs. A test of a remote window sets the name and resets it. */
export const env: { remoteName: string | undefined } = { remoteName: undefined };

export class LanguageModelTextPart {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

export class LanguageModelToolCallPart {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
  constructor(callId: string, name: string, input: object) {
    this.callId = callId;
    this.name = name;
    this.input = input;
  }
}

export class LanguageModelToolResultPart {
  readonly callId: string;
  readonly content: readonly unknown[];
  constructor(callId: string, content: readonly unknown[]) {
    this.callId = callId;
    this.content = content;
  }
}

export const LanguageModelChatMessageRole = { User: 1, Assistant: 2 } as const;

/** A message like VS Code's; text content becomes one part. */
export class LanguageModelChatMessage {
  static User(content: string | readonly unknown[]): LanguageModelChatMessage {
    return new LanguageModelChatMessage(LanguageModelChatMessageRole.User, content);
  }

  static Assistant(content: string | readonly unknown[]): LanguageModelChatMessage {
    return new LanguageModelChatMessage(LanguageModelChatMessageRole.Assistant, content);
  }

  readonly role: 1 | 2;
  readonly content: readonly unknown[];
  constructor(role: 1 | 2, content: string | readonly unknown[]) {
    this.role = role;
    this.content = typeof content === 'string' ? [new LanguageModelTextPart(content)] : content;
  }
}

/** Like VS Code's class: `name` is that of the class, and `code` tells errors apart. */
export class LanguageModelError extends Error {
  static NoPermissions(message?: string): LanguageModelError {
    return new LanguageModelError(message, 'NoPermissions');
  }

  static Blocked(message?: string): LanguageModelError {
    return new LanguageModelError(message, 'Blocked');
  }

  static NotFound(message?: string): LanguageModelError {
    return new LanguageModelError(message, 'NotFound');
  }

  readonly code: string;
  constructor(message?: string, code = '', cause?: unknown) {
    super(message, { cause });
    this.name = 'LanguageModelError';
    this.code = code;
  }
}

/** Counts what it creates, so that a test can check that nothing is left. */
export class CancellationTokenSource {
  static listeners = 0;
  static open = 0;

  #disposed = false;
  readonly #listeners = new Set<() => void>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      this.#listeners.add(listener);
      CancellationTokenSource.listeners++;
      return { dispose: () => this.#forget(listener) };
    },
  };

  constructor() {
    CancellationTokenSource.open++;
  }

  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    for (const listener of [...this.#listeners]) listener();
  }

  dispose(): void {
    for (const listener of [...this.#listeners]) this.#forget(listener);
    if (this.#disposed) return;
    this.#disposed = true;
    CancellationTokenSource.open--;
  }

  #forget(listener: () => void): void {
    if (this.#listeners.delete(listener)) CancellationTokenSource.listeners--;
  }
}

/** An address as text. */
export const Uri = {
  file: (path: string) => ({
    scheme: 'file',
    path,
    fsPath: path,
    toString: () => `file://${path}`,
  }),
  parse: (text: string) => ({ scheme: text.split(':')[0], toString: () => text }),
  from: (parts: { readonly scheme: string; readonly path: string; readonly query?: string }) => ({
    ...parts,
    toString: () => `${parts.scheme}:${parts.path}?${parts.query ?? ''}`,
  }),
};

export const ViewColumn = { Active: -1, Beside: -2, One: 1 } as const;

export class TabInputWebview {
  readonly viewType: string;
  constructor(viewType: string) {
    this.viewType = viewType;
  }
}

export const QuickPickItemKind = { Separator: -1, Default: 0 } as const;
export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;

export class ThemeIcon {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class TreeItem {
  readonly label: string;
  readonly collapsibleState: number;
  constructor(label: string, collapsibleState: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

interface Selector {
  readonly vendor?: string;
  readonly id?: string;
}

type Offer = (selector: Selector) => readonly unknown[] | Promise<readonly unknown[]>;

const offers = new Set<Offer>();

/** Offers models until the result is disposed. */
export function offerModels(offer: Offer): { dispose(): void } {
  offers.add(offer);
  return { dispose: () => void offers.delete(offer) };
}

export const lm = {
  selectChatModels: async (selector: Selector = {}): Promise<readonly unknown[]> => {
    const found = await Promise.all([...offers].map((offer) => offer(selector)));
    return found.flat();
  },
};

export const { EventEmitter, QuickInputButtons, window } = fakeWindow;
