import { UserError } from '../core/base/errors.ts';
import { providerIds } from '../core/base/providerIds.ts';
import type { KeyedProviderId } from '../core/providers/baseUrl.ts';
import { keyedProviders } from '../core/providers/baseUrl.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import type { Environment } from './environment.ts';

/** The environment variable that holds each provider's key. */
export const keyVariables = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
} as const satisfies { readonly [P in KeyedProviderId]: string };

/** The providers that work on the command line. */
export const cliProviderIds: readonly ProviderId[] = providerIds.filter((id) => id !== 'vscode');

/** The error message for the provider `vscode` on the command line. */
export const onlyInVscode = `The provider "vscode" works inside VS Code only. Choose ${anyOf(cliProviderIds)}.`;

/** The keys of all providers, also of those the run does not use. */
export function keysIn(environment: Environment): readonly (string | undefined)[] {
  return Object.values(keyVariables).map((name) => environment[name]);
}

/** The key of a provider; undefined when none is set. */
export function keyIn(environment: Environment, id: KeyedProviderId): string | undefined {
  return environment[keyVariables[id]]?.trim() || undefined;
}

/** A copy of the environment without the key of one provider. */
export function withoutKey(environment: Environment, id: KeyedProviderId): Environment {
  return { ...environment, [keyVariables[id]]: undefined };
}

/** The first provider that has a key in the environment. Throws a `UserError` when none has. */
export function chooseProvider(environment: Environment): ProviderId {
  const found = keyedProviders.find((id) => environment[keyVariables[id]]);
  if (found !== undefined) return found;
  throw new UserError(
    `No key is set. Set ${anyOf(Object.values(keyVariables))}, or use the built-in demo model with --provider demo.`,
  );
}

/** `a, b or c`. */
export function anyOf(names: readonly string[]): string {
  const first = names.slice(0, -1).join(', ');
  return [first, names.at(-1)].filter(Boolean).join(' or ');
}
