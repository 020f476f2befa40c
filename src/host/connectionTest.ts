import { isUserError } from '../core/base/errors.ts';
import { redactSecrets } from '../core/base/redact.ts';
import type { ModelInfo } from '../core/providers/modelInfo.ts';
import { defaultModels } from '../core/providers/models/defaults.ts';
import type { Provider, ProviderId } from '../core/providers/provider.ts';
import { ProviderError } from '../core/providers/providerError.ts';
import { formatDuration, plural } from '../shared/quantities.ts';
import { messageOf } from '../shared/thrown.ts';
import { commands } from './contributionIds.ts';
import type { Remedy } from './hostError.ts';
import { providerNames } from './providerNames.ts';
import { settingId } from './settingFacts.ts';

/** The outcome of a connection test, for the user. */
export interface ConnectionReport {
  readonly outcome: 'works' | 'doubtful' | 'fails';
  readonly message: string;
  readonly remedies: readonly Remedy[];
}

/** The provider and model to test. */
export interface TestedConnection {
  readonly id: ProviderId;
  /** The model that runs use; empty for the provider's default. */
  readonly model: string;
}

interface Providers {
  /** In a remote window, base URLs are in the settings of the remote machine. */
  readonly isRemote?: boolean;
  withFresh<T>(id: ProviderId, act: (provider: Provider) => Promise<T>): Promise<T>;
}

/**
 * Tests a connection with the smallest possible request: the list of models or, from a server that does not
 * list them, a very short answer. Rejects only with the signal's reason.
 */
export async function testConnection(
  tested: TestedConnection,
  providers: Providers,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  try {
    return await providers.withFresh(tested.id, (provider) =>
      tryProvider(provider, tested, signal),
    );
  } catch (error) {
    signal.throwIfAborted();
    return failed(tested.id, error, providers.isRemote ?? false);
  }
}

async function tryProvider(
  provider: Provider,
  tested: TestedConnection,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const startMs = performance.now();
  const models = await provider.listModels(signal);
  const took = formatDuration(performance.now() - startMs);
  if (tested.id === 'vscode') return offered(models);
  if (models.length > 0) return listed({ provider, models, took }, tested);
  return answered(provider, tested, signal);
}

function offered(models: readonly ModelInfo[]): ConnectionReport {
  const names = models.slice(0, 5).map(({ id }) => id);
  const more = models.length > names.length ? ` and ${models.length - names.length} more` : '';
  if (models.length > 0) {
    const message = `VS Code offers ${plural(models.length, 'model')}: ${names.join(', ')}${more}. Nothing was sent to any of them.`;
    return { outcome: 'works', message, remedies: [chooseModel] };
  }
  const message =
    'VS Code offers no language model. Install an extension that provides some, and sign in to it.';
  return { outcome: 'fails', message, remedies: [chooseModel] };
}

interface Listing {
  readonly provider: Provider;
  readonly models: readonly ModelInfo[];
  readonly took: string;
}

function listed({ provider, models, took }: Listing, tested: TestedConnection): ConnectionReport {
  const name = `${providerNames[tested.id]} at ${hostOf(provider)}`;
  const lead = `${name} answers: ${plural(models.length, 'model')} in ${took}.`;
  const model = modelOf(tested);
  if (model === undefined || models.some(({ id }) => isNamed(id, model))) {
    return { outcome: 'works', message: lead, remedies: [] };
  }
  const message = `${lead} The selected model ${model} is not one of them.`;
  return { outcome: 'doubtful', message, remedies: [chooseModel] };
}

/** A name without a date or tag matches the same name with one. */
function isNamed(id: string, model: string): boolean {
  return id === model || id.startsWith(`${model}-`) || id.startsWith(`${model}:`);
}

async function answered(
  provider: Provider,
  tested: TestedConnection,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const model = modelOf(tested);
  const host = hostOf(provider);
  if (model === undefined) {
    const message = `${host} does not list its models. Select a model to test the connection.`;
    return { outcome: 'doubtful', message, remedies: [chooseModel] };
  }
  const startMs = performance.now();
  const messages = [{ role: 'user', text: 'Say OK.' }] as const;
  const request = { model, system: '', messages, tools: [], maxOutputTokens: 16 };
  await provider.turn(request, {}, signal);
  const took = formatDuration(performance.now() - startMs);
  const message = `${providerNames[tested.id]} at ${host} answers: ${model} replied in ${took}. The server does not list its models.`;
  return { outcome: 'works', message, remedies: [] };
}

function modelOf({ id, model }: TestedConnection): string | undefined {
  if (model !== '') return model;
  return id === 'vscode' ? undefined : defaultModels[id];
}

function failed(id: ProviderId, error: unknown, isRemote: boolean): ConnectionReport {
  const message = isUserError(error) || error instanceof ProviderError ? messageOf(error) : '';
  const text = redactSecrets(message || `The test failed: ${messageOf(error)}`);
  return { outcome: 'fails', message: text, remedies: remediesFor(id, error, isRemote) };
}

const chooseModel: Remedy = { title: 'Select Model…', command: commands.selectModel };

function remediesFor(id: ProviderId, error: unknown, isRemote: boolean): readonly Remedy[] {
  if (id === 'demo' || id === 'vscode') return [chooseModel];
  const setKey = { title: 'Set API Key…', command: commands.setApiKey, args: [id] };
  const setUrl = changeBaseUrl(`@id:${settingId(`${id}.baseUrl`)}`, isRemote);
  if (!(error instanceof ProviderError)) return [setKey, setUrl];
  switch (error.kind) {
    case 'auth':
      return [setKey, setUrl];
    case 'not_found':
      return [chooseModel, setUrl];
    case 'network':
    case 'protocol':
      return [setUrl];
    default:
      return [chooseModel];
  }
}

/** Opens the settings that hold the base URL. */
function changeBaseUrl(query: string, isRemote: boolean): Remedy {
  const title = 'Change Base URL…';
  return isRemote
    ? { title, command: 'workbench.action.openRemoteSettings', args: [{ query }] }
    : { title, command: 'workbench.action.openSettings', args: [query] };
}

function hostOf({ origin }: Provider): string {
  return new URL(origin).host;
}
