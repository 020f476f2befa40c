import type { RunRequest } from '../../src/core/runner/runRequest.ts';
import type { RunStarted } from '../../src/shared/conversationEvents.ts';

/** The first record of a run, as it is in its journal. */
export interface StartFields {
  readonly started: RunStarted;
  readonly definition: unknown;
}

/**
 * The same first record as the command line wrote it before runs had an origin. `options` are those that it
 * was started with.
 */
export function earlierCommandStart(
  { started, definition }: StartFields,
  options: object = {},
): StartFields {
  const { title, prompts, settings } = definition as RunRequest;
  const { provider, mode, failure, concurrency, toolExecution } = settings;
  const baseUrl = started.origin?.agents[0]?.endpoint;
  return {
    started: withoutOrigin(started),
    definition: {
      command: 'run',
      title,
      prompts: prompts.map((prompt) => ({ ...prompt, skip: false })),
      options: {
        ...{ provider, mode, failure, concurrency, toolExecution, log: 'interleaved' },
        ...{ warmUp: true, ...(baseUrl === undefined ? {} : { baseUrl }), ...options },
      },
      folder: started.origin?.folders[0]?.path,
    },
  };
}

/** The same first record as VS Code wrote it before runs had an origin. */
export function earlierHostStart({ started, definition }: StartFields): StartFields {
  const { title, prompts, settings, interactive } = definition as RunRequest;
  const { maxTurns, maxTokens, timeoutSeconds, maxRunTokens, ...others } = settings.limits;
  const { maxCostUsd, maxConversationCostUsd, requestsPerMinute, tokensPerMinute } = others;
  const { maxWaitSeconds: _, attempts, toolCalls } = others;
  const { origin } = started;
  const { cpuTools: _unknown, agent: _unknownToo, ...known } = settings;
  return {
    started: withoutOrigin(started),
    definition: {
      ...{ title, prompts, whenBlocked: interactive ? 'pause' : 'fail' },
      settings: {
        ...known,
        ...{ systemPrompt: '', maxTurns, maxTokens, timeoutSeconds, maxRunTokens, maxCostUsd },
        ...{ maxConversationCostUsd, requestsPerMinute, tokensPerMinute },
        limits: { attempts, toolCalls },
      },
      endpoints: { anthropic: origin?.agents[0]?.endpoint },
      folders: origin?.folders,
    },
  };
}

function withoutOrigin({ origin: _, ...started }: RunStarted): RunStarted {
  const conversations = started.conversations.map(
    ({ promptHash: _hash, agent: _agent, ...planned }) => planned,
  );
  return { ...started, conversations };
}
