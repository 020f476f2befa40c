import type { BaseUrls } from '../core/providers/baseUrl.ts';
import {
  endpointOrigin,
  isLoopbackOrigin,
  isVendorOrigin,
  keyedProviders,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { RunState } from '../shared/runState.ts';
import type { Environment } from './environment.ts';
import { keyIn } from './providerKeys.ts';
import { optionsToRaise } from './raisedNow.ts';

/** Addresses that need no quotes in any shell. */
const plainAddress = /^[\w.:/~-]{1,300}$/;

/** The command that resumes a run, for the user to copy into any shell. */
export function commandToResume(runId: string, baseUrl?: string): string {
  const server = baseUrl === undefined ? '' : ` --base-url ${addressToType(baseUrl)}`;
  return `interleave resume ${runId}${server}`;
}

/** How to continue the conversations that a limit stopped; empty when there are none. */
export function raiseNote(state: RunState, request: RunRequest, command: string): string {
  const options = optionsToRaise(state, request);
  return options === ''
    ? ''
    : `To continue what a limit stopped, raise the limit: ${command} ${options}\n`;
}

/** An address for a shown command. One with characters special to a shell is replaced with words. */
export function addressToType(address: string): string {
  return plainAddress.test(address) ? address : 'and its address';
}

/**
 * The server that the user must name to resume a run that was sent to `baseUrls`; undefined when no server
 * needs it.
 */
export function serverToName(baseUrls: BaseUrls, environment: Environment): string | undefined {
  for (const id of keyedProviders) {
    const baseUrl = baseUrls[id];
    if (baseUrl === undefined) continue;
    const origin = endpointOrigin(id, baseUrl);
    const isVendor = isVendorOrigin({ id, origin });
    const needsNoKey = isLoopbackOrigin(origin) && keyIn(environment, id) === undefined;
    if (!isVendor && !needsNoKey) return plainBaseUrl(baseUrl);
  }
  return undefined;
}
