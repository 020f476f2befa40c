import { UserError } from '../base/errors.ts';
import { defaultModels } from '../providers/models/defaults.ts';
import type { Provider, ProviderId } from '../providers/provider.ts';

/** A provider of a run, with its default model. */
export interface ResolvedProvider {
  readonly provider: Provider;
  readonly defaultModel: string;
}

/** The run's own provider and model; the provider's default when no model is named. */
export interface ChosenModel {
  readonly provider: ProviderId;
  readonly model?: string | undefined;
}

/** Milliseconds that a provider may take to list its models. */
const listingMs = 20_000;

/**
 * The providers that prompts use, each resolved once. The run's model is the model of the run's provider;
 * another provider has its own default. Rejects with a `UserError` for a provider that cannot be used.
 */
export async function resolveProviders(
  used: Iterable<ProviderId>,
  chosen: ChosenModel,
  resolve: (id: ProviderId) => Provider | Promise<Provider>,
): Promise<ReadonlyMap<ProviderId, ResolvedProvider>> {
  const resolved = new Map<ProviderId, ResolvedProvider>();
  for (const id of new Set(used)) {
    const provider = await resolve(id);
    const own = id === chosen.provider ? chosen.model : undefined;
    resolved.set(id, { provider, defaultModel: own ?? (await defaultModelOf(id, provider)) });
  }
  return resolved;
}

async function defaultModelOf(id: ProviderId, provider: Provider): Promise<string> {
  if (id !== 'vscode') return defaultModels[id];
  // The models depend on what is installed: there is no fixed default.
  const models = await provider.listModels(AbortSignal.timeout(listingMs));
  const model = models.find(({ toolCalling }) => toolCalling !== false) ?? models[0];
  if (model !== undefined) return model.id;
  throw new UserError(
    'VS Code offers no language model here. Install an extension that provides some and sign in to it, or choose another provider with "Interleave: Select Model…".',
  );
}
