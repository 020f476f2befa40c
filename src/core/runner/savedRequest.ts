import * as z from 'zod';
import type { RunStarted } from '../../shared/conversationEvents.ts';
import { given } from '../../shared/given.ts';
import type { OriginFolder, RunOrigin } from '../../shared/runOrigin.ts';
import { lineUpTo, modelName, providerName, textUpTo } from '../base/promptOptions.ts';
import type { BaseUrls } from '../providers/baseUrl.ts';
import { defaultBaseUrls, keyedProviders, plainBaseUrl } from '../providers/baseUrl.ts';
import type { ProviderId } from '../providers/provider.ts';
import { readEarlierRequest } from './earlierRequests.ts';
import type { RunPrompt, RunRequest } from './runRequest.ts';
import { baseUrlText, malformed, readRunRequest, readStrictly } from './runRequestSchema.ts';

/** What a journal keeps of a request: the values of its prompts are in the records of their conversations. */
export function definitionOf({ prompts, ...request }: RunRequest): RunRequest {
  return { ...request, prompts: prompts.map(({ vars: _, ...prompt }) => prompt) };
}

/** The first record of a saved run. It is not trusted: anyone may have written its file. */
export interface SavedStart {
  readonly started: RunStarted;
  readonly definition: unknown;
}

/** The request of a saved run and its servers. The run resumes with the same ones or is refused. */
export interface SavedRequest {
  /** Each prompt, and the settings, name the provider and model that were chosen then. */
  readonly request: RunRequest;
  /** The provider that was chosen then. */
  readonly provider: ProviderId;
  readonly program: string;
  readonly folders: readonly OriginFolder[];
  /** The plain base URL of each provider of the run that has one. */
  readonly baseUrls: BaseUrls;
}

const origin = z.object({
  program: z.object({ name: lineUpTo(100), version: lineUpTo(100) }),
  folders: z.array(z.object({ name: textUpTo(1_000), path: textUpTo(10_000) })).max(1_000),
  agents: z
    .array(z.object({ provider: providerName, endpoint: z.exactOptional(baseUrlText) }))
    .max(10_000),
});

const answering = z.object({ provider: providerName, model: modelName });

/**
 * Reads the request of a saved run. `systemPrompt` is the program's own, which earlier versions did not save.
 * Throws a `UserError` when the request is malformed or contradicts itself.
 */
export function readSavedRequest(saved: SavedStart, systemPrompt: string): SavedRequest {
  const { request, ...place } = readBoth(saved, systemPrompt);
  const { started } = saved;
  const prompts = boundPrompts(request.prompts, started.conversations);
  const { provider, model } = readStrictly(answering, started.agent, 'agent');
  const asked = new Set<string | undefined>([
    ...prompts.map(({ options }) => options.provider),
    ...(request.agents ?? []).map((agent) => agent.options.provider ?? provider),
  ]);
  const baseUrls = Object.fromEntries(
    keyedProviders
      .filter((id) => asked.has(id))
      .map((id) => [id, plainBaseUrl(place.baseUrls[id] ?? defaultBaseUrls[id])]),
  );
  const settings = { ...request.settings, provider, model };
  return { ...place, request: { ...request, prompts, settings }, provider, baseUrls };
}

/**
 * Reads a saved run to start it again as a new run, whose prompts choose their models again. Leaves out lost
 * prompts. Throws a `UserError` when the run is malformed or all prompts are lost.
 */
export function readAsked({ started, definition }: SavedStart, systemPrompt: string): RunRequest {
  const request = earlierOf(definition, systemPrompt)?.request ?? readRunRequest(definition);
  const { conversations } = started;
  const prompts = request.prompts.flatMap((prompt, index) => {
    const { lost, vars } = conversations[index] ?? {};
    return lost ? [] : [{ ...prompt, ...given({ vars }) }];
  });
  if (prompts.length === 0) throw malformed();
  return { ...request, prompts };
}

function earlierOf(definition: unknown, systemPrompt: string) {
  if (typeof definition !== 'object' || definition === null) return undefined;
  return readEarlierRequest(definition, systemPrompt);
}

function readBoth(
  { started, definition }: SavedStart,
  systemPrompt: string,
): Omit<SavedRequest, 'provider'> {
  const earlier = earlierOf(definition, systemPrompt);
  if (earlier !== undefined) return { ...earlier, baseUrls: earlier.endpoints };
  const request = readRunRequest(definition);
  const { program, folders, agents } = readStrictly(origin, started.origin, 'origin');
  return { request, program: program.name, folders, baseUrls: baseUrlsOf(agents) };
}

/** The address of each provider. A record with two addresses for one provider is malformed. */
function baseUrlsOf(
  agents: readonly Pick<RunOrigin['agents'][number], 'provider' | 'endpoint'>[],
): BaseUrls {
  const urls = new Map<string, string>();
  for (const { provider, endpoint } of agents) {
    if (endpoint === undefined) continue;
    if ((urls.get(provider) ?? endpoint) !== endpoint) throw malformed();
    urls.set(provider, endpoint);
  }
  return Object.fromEntries(urls);
}

/** The prompts with the provider and model they were started with, even if other defaults are set now. */
function boundPrompts(
  prompts: readonly RunPrompt[],
  conversations: RunStarted['conversations'],
): readonly RunPrompt[] {
  if (prompts.length !== conversations.length) throw malformed();
  return prompts.map((prompt, index) => {
    const { options } = prompt;
    // The prompt never runs again, so it needs no provider.
    if (conversations[index]?.lost) return prompt;
    const { vars } = conversations[index] ?? {};
    const { provider, model } = readStrictly(
      answering,
      conversations[index],
      `conversations.${index}`,
    );
    const isSame =
      (options.provider ?? provider) === provider && (options.model ?? model) === model;
    if (!isSame) throw malformed();
    return { ...prompt, ...given({ vars }), options: { ...options, provider, model } };
  });
}
