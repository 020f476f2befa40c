import * as vscode from 'vscode';
import { commands } from '../host/contributionIds.ts';
import type { Engine } from '../host/engine.ts';
import type { Remedy } from '../host/hostError.ts';
import type { offeredProviders } from '../host/providerNames.ts';
import { providerNames } from '../host/providerNames.ts';
import { formatCount } from '../shared/quantities.ts';

/** A provider that the list offers. */
export type PickedProvider = (typeof offeredProviders)[number];
type ModelInfo = Awaited<ReturnType<Engine['listModels']>>[number];

/** The selected provider and model. */
export interface ModelChoice {
  readonly provider: PickedProvider | 'auto';
  /** Empty for the provider's default. */
  readonly model: string;
}

/** The action of an item. */
export type ModelAction =
  | { readonly kind: 'choose'; readonly choice: ModelChoice }
  /** Asks the user for a model id. */
  | { readonly kind: 'enter'; readonly provider: PickedProvider }
  | { readonly kind: 'remedy'; readonly remedy: Remedy }
  /** Loads the provider's models again. */
  | { readonly kind: 'retry'; readonly provider: PickedProvider };

/** An item of the list. */
export interface ModelPick extends vscode.QuickPickItem {
  /** Absent for items that cannot be selected. */
  readonly action?: ModelAction;
}

/** The models of a provider, or why they are not available. */
export type ModelGroup =
  | { readonly kind: 'loading' }
  | { readonly kind: 'models'; readonly models: readonly ModelInfo[]; readonly host?: string }
  | { readonly kind: 'noKey'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly host?: string };

/** The items of the list, one group per provider: its models, or an item that helps to get them. */
export function modelPicks(
  groups: ReadonlyMap<PickedProvider, ModelGroup>,
  current: ModelChoice,
): readonly ModelPick[] {
  const automatic: ModelPick = {
    label: 'Automatic',
    description: describe(['the first provider with an API key'], current.provider === 'auto'),
    action: { kind: 'choose', choice: { provider: 'auto', model: '' } },
  };
  return [automatic, ...[...groups].flatMap(([id, group]) => groupPicks(id, group, current))];
}

function groupPicks(
  id: PickedProvider,
  group: ModelGroup,
  current: ModelChoice,
): readonly ModelPick[] {
  const host = 'host' in group && group.host !== undefined ? ` (${group.host})` : '';
  const separator = {
    label: `${providerNames[id]}${host}`,
    kind: vscode.QuickPickItemKind.Separator,
  };
  return [separator, ...picksOf(id, group, current), ...otherModel(id, group)];
}

function picksOf(
  id: PickedProvider,
  group: ModelGroup,
  current: ModelChoice,
): readonly ModelPick[] {
  switch (group.kind) {
    case 'loading':
      return [{ label: 'Loading models…', iconPath: icon('loading~spin') }];
    case 'noKey': {
      const remedy = { title: '', command: commands.setApiKey, args: [id] };
      const action = { kind: 'remedy', remedy } as const;
      return [{ label: 'Set API Key…', iconPath: icon('key'), detail: group.message, action }];
    }
    case 'failed': {
      const action = { kind: 'retry', provider: id } as const;
      return [{ label: 'Try Again', iconPath: icon('warning'), detail: group.message, action }];
    }
    case 'models':
      if (group.models.length === 0) return [{ label: nothingListed(id), iconPath: icon('info') }];
      return group.models.map((model) => modelPick(id, model, current));
  }
}

function nothingListed(id: PickedProvider): string {
  return id === 'vscode'
    ? 'No extension provides a language model'
    : 'This server does not list its models';
}

function modelPick(id: PickedProvider, model: ModelInfo, current: ModelChoice): ModelPick {
  const { contextTokens, toolCalling } = model;
  const facts = [
    ...(model.name === undefined ? [] : [model.id]),
    ...(contextTokens === undefined ? [] : [`${formatCount(contextTokens)} tokens of context`]),
    ...(toolCalling === false ? ['cannot call tools'] : []),
  ];
  const isCurrent = current.provider === id && current.model === model.id;
  return {
    label: model.name ?? model.id,
    description: describe(facts, isCurrent),
    action: { kind: 'choose', choice: { provider: id, model: model.id } },
  };
}

/** Lets the user enter a model id, because a server may have models that it does not list. */
function otherModel(id: PickedProvider, { kind }: ModelGroup): readonly ModelPick[] {
  const isOpen = (id === 'anthropic' || id === 'openai') && kind !== 'loading' && kind !== 'noKey';
  if (!isOpen) return [];
  const action = { kind: 'enter', provider: id } as const;
  const label = `Another ${providerNames[id]} Model…`;
  return [{ label, iconPath: icon('edit'), description: 'by its id', alwaysShow: true, action }];
}

function icon(name: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name);
}

/** The item for a choice; undefined if it is not in the list. */
export function pickOf(items: readonly ModelPick[], choice: ModelChoice): ModelPick | undefined {
  return items.find(({ action }) => {
    if (action?.kind !== 'choose') return false;
    return action.choice.provider === choice.provider && action.choice.model === choice.model;
  });
}

function describe(facts: readonly string[], isCurrent: boolean): string {
  return [...facts, ...(isCurrent ? ['current'] : [])].join(' · ');
}
