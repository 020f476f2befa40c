/** Events, messages and quick picks of a fake window. */

type Listener<T> = (event: T) => unknown;

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();

  readonly event = (listener: Listener<T>): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export interface ShownMessage {
  readonly text: string;
  readonly modal: boolean;
  readonly buttons: readonly string[];
}

interface Pick {
  readonly label: string;
  readonly description?: string;
}

/** What the window has shown, and what the user does; call `reset` before each test. */
export const person = {
  messages: [] as ShownMessage[],
  lists: [] as (readonly Pick[])[],
  /** The label of the button or item to choose wherever it is offered. */
  chooses: '',
  /** The text to enter in every input box. */
  types: undefined as string | undefined,
  reset(): void {
    this.messages = [];
    this.lists = [];
    this.chooses = '';
    this.types = undefined;
  },
};

async function show(text: string, ...rest: readonly unknown[]): Promise<string | undefined> {
  const [options] = rest;
  const modal = typeof options === 'object' && options !== null;
  const buttons = (modal ? rest.slice(1) : rest) as readonly string[];
  person.messages.push({ text, modal, buttons });
  return buttons.find((button) => button === person.chooses);
}

export const window = {
  showInformationMessage: show,
  showWarningMessage: show,
  showErrorMessage: show,
  showInputBox: async (): Promise<string | undefined> => person.types,
  setStatusBarMessage: (): void => undefined,
  showQuickPick: async (items: readonly Pick[] | Promise<readonly Pick[]>) => {
    const list = await items;
    person.lists.push(list);
    return list.find(({ label }) => label === person.chooses);
  },
};
