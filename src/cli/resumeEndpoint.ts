import { UserError } from '../core/base/errors.ts';
import type { BaseUrls, KeyedProviderId } from '../core/providers/baseUrl.ts';
import {
  isKeyedProvider,
  isLoopbackOrigin,
  isVendorOrigin,
  keyedProviders,
  needsKey,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import type { SavedRequest } from '../core/runner/savedRequest.ts';
import type { Environment } from './environment.ts';
import { keyIn, keyVariables } from './providerKeys.ts';
import { addressToType, commandToResume } from './resumeCommand.ts';
import type { Terminal } from './terminal.ts';
import { terminalLine } from './terminalText.ts';
import type { Servers } from './withPlan.ts';

/** What the user gave with `interleave resume`, and how to reach them. */
export interface ResumeContext {
  readonly runId: string;
  readonly baseUrl: string | undefined;
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Asks a yes-or-no question; absent when no terminal is there to answer it. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

/**
 * Decides where a resumed run may send its prompts and keys. The saved run names its servers, but its file
 * may be forged, so it is trusted for two kinds only: a vendor's own server, and a server on this machine,
 * which gets no key. The user must name any other server with `--base-url` or confirm it. Throws a
 * `UserError` with the command to type when there is no terminal to ask.
 */
export async function confirmServers(
  saved: SavedRequest,
  context: ResumeContext,
): Promise<Servers> {
  checkNamedServer(saved, context);
  const keyless: KeyedProviderId[] = [];
  for (const provider of keyedProviders) {
    const address = saved.baseUrls[provider];
    if (address === undefined) continue;
    if (!(await sendsKey({ provider, address, context }))) keyless.push(provider);
  }
  checkKeys(saved, context.environment);
  return { baseUrls: saved.baseUrls, withoutKey: keyless };
}

/** Throws a `UserError` when `--base-url` names a server that the run was not sent to. */
function checkNamedServer({ baseUrls, request }: SavedRequest, { baseUrl }: ResumeContext): void {
  if (baseUrl === undefined) return;
  const { provider } = request.settings;
  const addresses = Object.values(baseUrls as Required<BaseUrls>);
  const [first] = addresses;
  if (first === undefined) {
    throw new UserError(
      `This run was started with ${provider}, which has no base URL. Resume it without --base-url.`,
    );
  }
  if (addresses.includes(plainBaseUrl(baseUrl))) return;
  const sentTo = (isKeyedProvider(provider) ? baseUrls[provider] : undefined) ?? first;
  throw new UserError(
    `This run was sent to ${terminalLine(sentTo)} and resumes there only. To use another server, start its prompts as a new run.`,
  );
}

interface Address {
  readonly provider: KeyedProviderId;
  readonly address: string;
  readonly context: ResumeContext;
}

/** Whether this server gets the key. Throws a `UserError` when it may not be used at all. */
async function sendsKey({ provider, address, context }: Address): Promise<boolean> {
  const { origin } = new URL(address);
  if (context.baseUrl !== undefined && plainBaseUrl(context.baseUrl) === address) return true;
  if (isVendorOrigin({ id: provider, origin })) return true;
  if (isLoopbackOrigin(origin)) {
    reportMissingKey({ provider, address, context });
    return false;
  }
  await confirmOrigin(origin, { provider, address, context });
  return true;
}

function reportMissingKey({ provider, address, context }: Address): void {
  if (keyIn(context.environment, provider) === undefined) return;
  context.terminal.err(
    `This run resumes at ${terminalLine(address)} without the key in ${keyVariables[provider]}, because only the saved run names that server. To send the key there, run: ${commandToResume(context.runId, address)}\n`,
  );
}

async function confirmOrigin(
  origin: string,
  { provider, address, context }: Address,
): Promise<void> {
  if (context.ask === undefined) {
    throw new UserError(
      `This run was sent to ${terminalLine(address)}. To send your key there again, repeat the command with --base-url ${addressToType(address)}`,
    );
  }
  const hasKey = keyIn(context.environment, provider) !== undefined;
  const what = hasKey ? `its prompts and the key in ${keyVariables[provider]}` : 'its prompts';
  const isConfirmed = await context.ask(
    `This run was sent to ${terminalLine(origin)}, which is not the provider's own server. Send ${what} there?`,
  );
  if (!isConfirmed) throw new UserError('Nothing was sent.');
}

/** Throws a `UserError` when the key of a provider that the run was started with is missing. */
function checkKeys({ request, baseUrls }: SavedRequest, environment: Environment): void {
  for (const id of keyedProviders) {
    const address = baseUrls[id];
    if (address === undefined || keyIn(environment, id) !== undefined) continue;
    if (!needsKey(new URL(address).origin)) continue;
    const { model } = request.prompts.find(({ options }) => options.provider === id)?.options ?? {};
    throw new UserError(
      `This run was started with ${id}, model ${model}, at ${new URL(address).host}, and resumes with them only. Set ${keyVariables[id]}, or start its prompts as a new run.`,
    );
  }
}
