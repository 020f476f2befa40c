import type { Engine } from '../host/engine.ts';
import { flashStatus } from '../host/messages.ts';
import { askText, createPickList, plainPick } from '../host/picks.ts';
import { offeredProviders, providerNames } from '../host/providerNames.ts';
import { requireTrust } from '../host/trust.ts';
import { messageOf } from '../shared/thrown.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import type {
  ModelAction,
  ModelChoice,
  ModelGroup,
  ModelPick,
  PickedProvider,
} from './modelPicks.ts';
import { modelPicks, pickOf } from './modelPicks.ts';
import { runRemedy } from './showError.ts';

type Services = Pick<CommandServices, 'configuration' | 'engine'>;

/** Lets the user pick from the models that the providers list, and writes the choice to the user settings. */
export function selectModel({ configuration, engine }: Services): CommandHandler {
  return async () => {
    requireTrust('No requests are sent in Restricted Mode. Trust the folder to select a model.');
    const { provider, model } = configuration.runSettings();
    const list = new ModelList(await engine.get(), { provider, model });
    const action = await list.pick();
    const choice = action && (await carryOut(action, list.typed));
    if (choice === undefined) return undefined;
    await configuration.chooseModel(choice.provider, choice.model);
    flashStatus('check', `Selected ${nameOf(choice)}`, 4_000);
    return choice;
  };
}

function nameOf({ provider, model }: ModelChoice): string {
  if (provider === 'auto') return 'the first provider with an API key';
  return model === '' ? providerNames[provider] : `${providerNames[provider]} ${model}`;
}

async function carryOut(action: ModelAction, typed: string): Promise<ModelChoice | undefined> {
  switch (action.kind) {
    case 'choose':
      return action.choice;
    case 'enter':
      return enterModel(action.provider, typed);
    case 'remedy':
      await runRemedy(action.remedy);
      return undefined;
    case 'retry':
      return undefined;
  }
}

async function enterModel(
  provider: PickedProvider,
  typed: string,
): Promise<ModelChoice | undefined> {
  const model = await askText({
    title: `${providerNames[provider]} Model`,
    prompt: 'Enter the id of the model on the server.',
    value: typed,
    check: (text) => (text.trim() === '' ? 'Enter a model id.' : undefined),
  });
  return model === undefined ? undefined : { provider, model: model.trim() };
}

/** The open quick pick. It adds each provider's models when they are loaded. */
class ModelList {
  readonly #engine: Engine;
  readonly #current: ModelChoice;
  readonly #closed = new AbortController();
  readonly #groups = new Map<PickedProvider, ModelGroup>();
  readonly #list = createPickList<ModelPick>();
  /** Whether the active item may no longer move to the current model: it has been there, or the user has typed. */
  #placed = false;

  constructor(engine: Engine, current: ModelChoice) {
    this.#engine = engine;
    this.#current = current;
  }

  /** The filter text. It may be the id of a model that is not listed. */
  get typed(): string {
    return this.#list.value;
  }

  /** Resolves with the selected action; undefined when the list was closed. */
  async pick(): Promise<ModelAction | undefined> {
    const list = this.#list;
    list.title = 'Select Model';
    list.placeholder = 'Select the model that answers the prompts';
    list.matchOnDescription = true;
    const picked = Promise.withResolvers<ModelAction | undefined>();
    list.onDidHide(() => picked.resolve(undefined));
    list.onDidAccept(() => {
      const action = list.selectedItems[0]?.action;
      if (action?.kind === 'retry') void this.#load(action.provider);
      else if (action !== undefined) picked.resolve(action);
    });
    list.onDidChangeValue(() => {
      this.#placed = true;
    });
    for (const id of offeredProviders) void this.#load(id);
    list.show();
    try {
      return await picked.promise;
    } finally {
      this.#closed.abort(new Error('The list was closed.'));
      list.dispose();
    }
  }

  async #load(id: PickedProvider): Promise<void> {
    this.#show(id, { kind: 'loading' });
    this.#show(id, await this.#ask(id));
  }

  async #ask(id: PickedProvider): Promise<ModelGroup> {
    try {
      const readiness = await this.#engine.readiness(id);
      if (readiness.kind === 'noKey') return readiness;
    } catch (error) {
      return { kind: 'failed', message: messageOf(error) };
    }
    const isServer = id === 'anthropic' || id === 'openai';
    const host = isServer ? { host: new URL(this.#engine.endpointOrigin(id)).host } : {};
    try {
      const models = await this.#engine.listModels(id, this.#closed.signal);
      return { kind: 'models', models, ...host };
    } catch (error) {
      return { kind: 'failed', message: messageOf(error), ...host };
    }
  }

  #show(id: PickedProvider, group: ModelGroup): void {
    if (this.#closed.signal.aborted) return;
    this.#groups.set(id, group);
    const list = this.#list;
    const before = list.activeItems[0]?.action;
    const items = modelPicks(this.#groups, this.#current).map(plainPick);
    list.items = items;
    list.busy = [...this.#groups.values()].some(({ kind }) => kind === 'loading');
    // Keep the active item when models are added while the user is choosing.
    const again = items.find(({ action }) => action !== undefined && isSame(action, before));
    const current = this.#placed ? undefined : pickOf(items, this.#current);
    const active = current ?? again;
    if (current !== undefined) this.#placed = true;
    if (active !== undefined) list.activeItems = [active];
  }
}

function isSame(a: ModelAction, b: ModelAction | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
