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

export interface ShownPick {
  readonly label: string;
  readonly description?: string;
  readonly kind?: number;
}

/** What the window has shown, and what the user does; call `reset` before each test. */
export const person = {
  messages: [] as ShownMessage[],
  lists: [] as (readonly ShownPick[])[],
  /** The labels of the buttons or items to choose wherever they are offered. */
  chooses: '' as string | readonly string[],
  /** The text to enter in every input box. */
  types: undefined as string | undefined,
  /** What the user does in each step of a form: enters a text, goes back, or closes it. */
  steps: [] as (string | { readonly goesBack: true } | undefined)[],
  /** The steps of forms that were shown. */
  shownSteps: [] as string[],
  /** The titles of lists and the prompts of input boxes. */
  asked: [] as string[],
  /** What input boxes did not accept; such a box is closed. */
  problems: [] as string[],
  reset(): void {
    this.messages = [];
    this.lists = [];
    this.chooses = '';
    this.types = undefined;
    this.problems = [];
    this.asked = [];
    this.steps = [];
    this.shownSteps = [];
  },
};

async function show(text: string, ...rest: readonly unknown[]): Promise<string | undefined> {
  const [options] = rest;
  const modal = typeof options === 'object' && options !== null;
  const buttons = (modal ? rest.slice(1) : rest) as readonly string[];
  person.messages.push({ text, modal, buttons });
  return buttons.find(isChosen);
}

function isChosen(label: string): boolean {
  return [person.chooses].flat().includes(label);
}

interface InputOptions {
  readonly prompt?: string;
  readonly validateInput?: (
    text: string,
  ) => string | undefined | null | PromiseLike<string | undefined | null>;
}

/** The button to the step before. */
export const QuickInputButtons = { Back: 'back' };

/** A step of a form, in which `person` does the next of its steps. */
class InputBox {
  title = '';
  step = 0;
  totalSteps = 0;
  prompt = '';
  value = '';
  placeholder = '';
  buttons: readonly unknown[] = [];
  readonly #accept = new EventEmitter<void>();
  readonly #button = new EventEmitter<unknown>();
  readonly #hide = new EventEmitter<void>();
  readonly onDidAccept = this.#accept.event;
  readonly onDidTriggerButton = this.#button.event;
  readonly onDidHide = this.#hide.event;

  show(): void {
    const back = this.buttons.length > 0 ? '← ' : '';
    const texts = [this.prompt, this.placeholder, this.value].join(' | ');
    person.shownSteps.push(`${back}${this.step}/${this.totalSteps} ${texts}`);
    const action = person.steps.shift();
    if (action === undefined) this.#hide.fire();
    else if (typeof action === 'string') {
      this.value = action;
      this.#accept.fire();
    } else this.#button.fire(QuickInputButtons.Back);
  }

  dispose(): void {
    this.#hide.fire();
  }
}

export const window = {
  tabGroups: { all: [], activeTabGroup: { tabs: [] } } as {
    all: readonly { readonly tabs: readonly unknown[] }[];
    activeTabGroup: { readonly tabs: readonly unknown[] };
  },
  createInputBox: () => new InputBox(),
  showInformationMessage: show,
  showWarningMessage: show,
  showErrorMessage: show,
  showInputBox: async ({
    prompt = '',
    validateInput,
  }: InputOptions = {}): Promise<string | undefined> => {
    person.asked.push(prompt);
    if (person.types === undefined) return undefined;
    const problem = await validateInput?.(person.types);
    if (problem !== undefined && problem !== null) person.problems.push(problem);
    return problem ? undefined : person.types;
  },
  setStatusBarMessage: (): void => undefined,
  showQuickPick: async (
    items: readonly ShownPick[] | Promise<readonly ShownPick[]>,
    {
      title = '',
      canPickMany = false,
    }: { readonly title?: string; readonly canPickMany?: boolean } = {},
  ) => {
    person.asked.push(title);
    const list = await items;
    person.lists.push(list);
    if (!canPickMany) return list.find(({ label }) => isChosen(label));
    return person.chooses === '' ? undefined : list.filter(({ label }) => isChosen(label));
  },
};
