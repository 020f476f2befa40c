import { UserError } from '../core/base/errors.ts';
import {
  defaultBaseUrls,
  isLoopbackOrigin,
  isVendorOrigin,
  needsKey,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import { keyIn, keyVariables } from './cliProviders.ts';
import type { Environment } from './environment.ts';
import type { KeptCommand } from './keptCommand.ts';
import { addressToType, commandToResume } from './resumeCommand.ts';
import type { Terminal } from './terminal.ts';
import { terminalLine } from './terminalText.ts';

/** What the person who resumes a run gives now. */
export interface GivenNow {
  readonly runId: string;
  readonly baseUrl: string | undefined;
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Asks a yes-or-no question; absent where nobody is there to answer it. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

/** Where a resumed run sends its requests, and whether its key goes there too. */
export interface ResumeEndpoint {
  /** Absent for the vendor's own server, and for a run that has none. */
  readonly baseUrl?: string;
  readonly sendsKey: boolean;
}

/**
 * Decides where a resumed run may send its prompts and the key. Its record only says where it was sent:
 * that is enough for the vendor's own server, and without a key for this machine. Any other server must
 * be named now, or is asked about. Throws a `UserError` with what to type where nobody can be asked.
 */
export async function confirmEndpoint(kept: KeptCommand, now: GivenNow): Promise<ResumeEndpoint> {
  const endpoint = await endpointOf(kept, now);
  checkKeys(kept, now.environment);
  return endpoint;
}

async function endpointOf(kept: KeptCommand, now: GivenNow): Promise<ResumeEndpoint> {
  const { provider, baseUrl } = kept.options;
  const isAsked = kept.prompts.some(({ options }) => options.provider === provider);
  if (!isAsked && now.baseUrl === undefined) return { sendsKey: false };
  if (provider !== 'anthropic' && provider !== 'openai') {
    if (now.baseUrl === undefined) return { sendsKey: false };
    throw new UserError(`This run was started with ${provider}, which has no base URL to choose.`);
  }
  const address = plainBaseUrl(baseUrl ?? defaultBaseUrls[provider]);
  const endpoint = baseUrl === undefined ? {} : { baseUrl: address };
  if (now.baseUrl !== undefined) {
    if (plainBaseUrl(now.baseUrl) === address) return { ...endpoint, sendsKey: true };
    throw new UserError(
      `This run was sent to ${terminalLine(address)} and goes on there only. To use another server, start its prompts as a new run.`,
    );
  }
  const { origin } = new URL(address);
  if (isVendorOrigin({ id: provider, origin })) return { ...endpoint, sendsKey: true };
  if (isLoopbackOrigin(origin)) {
    tellWithoutKey(provider, { address, now });
    return { ...endpoint, sendsKey: false };
  }
  await confirmOrigin(provider, { address, origin, now });
  return { ...endpoint, sendsKey: true };
}

interface Address {
  readonly address: string;
  readonly now: GivenNow;
}

function tellWithoutKey(provider: 'anthropic' | 'openai', { address, now }: Address): void {
  if (keyIn(now.environment, provider) === undefined) return;
  now.terminal.err(
    `This run goes on at ${terminalLine(address)} without the key in ${keyVariables[provider]}, because only its record names that server. To send the key there: ${commandToResume(now.runId, address)}\n`,
  );
}

async function confirmOrigin(
  provider: 'anthropic' | 'openai',
  { address, origin, now }: Address & { readonly origin: string },
): Promise<void> {
  if (now.ask === undefined) {
    throw new UserError(
      `This run was sent to ${terminalLine(address)}. To send your key there again, repeat the command with --base-url ${addressToType(address)}`,
    );
  }
  const hasKey = keyIn(now.environment, provider) !== undefined;
  const what = hasKey ? `its prompts and the key in ${keyVariables[provider]}` : 'its prompts';
  const agreed = await now.ask(
    `This run was sent to ${terminalLine(origin)}, which is not the provider's own server. Send ${what} there?`,
  );
  if (!agreed) throw new UserError('Nothing was sent.');
}

/** A run goes on with the provider it was started with, whichever else has a key now. */
function checkKeys({ prompts, options }: KeptCommand, environment: Environment): void {
  for (const id of ['anthropic', 'openai'] as const) {
    const { model } = prompts.find((prompt) => prompt.options.provider === id)?.options ?? {};
    if (model === undefined || keyIn(environment, id) !== undefined) continue;
    const baseUrl = id === options.provider ? options.baseUrl : undefined;
    const address = plainBaseUrl(baseUrl ?? defaultBaseUrls[id]);
    if (!needsKey(new URL(address).origin)) continue;
    throw new UserError(
      `This run was started with ${id}, model ${model}, at ${new URL(address).host}, and goes on with that only. Set ${keyVariables[id]}, or start its prompts as a new run.`,
    );
  }
}
