import {
  endpointOrigin,
  isLoopbackOrigin,
  isVendorOrigin,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import { keyIn } from './cliProviders.ts';
import type { Environment } from './environment.ts';
import type { RunCommandOptions } from './runOptions.ts';

/** Addresses that mean the same in every shell without quotes. */
const plainAddress = /^[\w.:/~-]{1,300}$/;

/** The command that goes on with a run, to be copied into any shell. */
export function commandToResume(runId: string, baseUrl?: string): string {
  const server = baseUrl === undefined ? '' : ` --base-url ${addressToType(baseUrl)}`;
  return `interleave resume ${runId}${server}`;
}

/** An address as it can be typed. One that a shell could read otherwise is left to the person. */
export function addressToType(address: string): string {
  return plainAddress.test(address) ? address : 'and its address';
}

/** The server that has to be named when a run is resumed; undefined when none has. */
export function serverToName(
  { provider, baseUrl }: Pick<RunCommandOptions, 'provider' | 'baseUrl'>,
  environment: Environment,
): string | undefined {
  if (baseUrl === undefined || (provider !== 'anthropic' && provider !== 'openai'))
    return undefined;
  const origin = endpointOrigin(provider, baseUrl);
  if (isVendorOrigin({ id: provider, origin })) return undefined;
  const needsNoKey = isLoopbackOrigin(origin) && keyIn(environment, provider) === undefined;
  return needsNoKey ? undefined : plainBaseUrl(baseUrl);
}
