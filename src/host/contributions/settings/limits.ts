import type { LimitName } from '../../../core/base/limits.ts';

/**
 * Descriptions of the limits for the settings editor. `core/base/limits.ts` has their names, ranges and order,
 * and the texts for the command line and docs/limits.md.
 */
export const limitDescriptions: { readonly [N in LimitName]: string } = {
  maxTurns:
    'Maximum number of turns (model responses) in one conversation. At the limit, the model is asked once more for its answer, without tools, and the conversation stops. A prompt file can override this with the key `maxTurns`.',
  maxTokens:
    'Maximum number of tokens in one model response. A longer response is cut off and marked. A prompt file can override this with the key `maxTokens`.',
  timeoutSeconds:
    'Timeout of one conversation, in seconds, from its first request. Time spent waiting for other conversations does not count. At the timeout the conversation stops and keeps its results so far. A prompt file can override this with the key `timeout`.',
  maxRunTokens:
    'Maximum number of tokens in one run, input and output together; 0 for no limit. At the limit, no more requests are sent. Conversations that need one stop and keep their results so far. Each request in flight counts with the most tokens it can use, so a run cannot exceed the limit. A request that does not fit yet waits.',
  maxConversationTokens:
    'Maximum number of tokens in one conversation, input and output together; 0 for no limit. At the limit, the conversation stops and keeps its results so far.',
  maxRunTurns:
    'Maximum number of turns (model responses) in one run, in all its conversations together; 0 for no limit. At the limit, no more requests are sent. Conversations that need one stop and keep their results so far.',
  maxRunToolCalls:
    'Maximum number of tool calls in one run, in all its conversations together; 0 for no limit. If a model asks for more, its conversation stops and keeps its results so far.',
  maxRunSeconds:
    'Timeout of one run, in seconds; 0 for no limit. Time spent waiting for you does not count. At the timeout its conversations stop and keep their results so far.',
  maxCostUsd:
    'Maximum cost of one run, in US dollars; 0 for no limit. At the limit, no more requests are sent. Conversations that need one stop and keep their results so far. Each request in flight counts with the most it can cost, so a run cannot exceed the limit. A request that does not fit yet waits. With a limit, a run does not start if the price of its model is unknown; add the price in `#interleave.prices#`.',
  maxConversationCostUsd:
    'Maximum cost of one conversation, in US dollars; 0 for no limit. At the limit, the conversation stops and keeps its results so far.',
  maxWaitSeconds:
    'Maximum time that all conversations of a run may wait, in seconds: for a rate limit, for a server that does not answer, or for you; 0 for no limit. A run that would wait longer stops and keeps its results. You can resume it.',
  requestsPerMinute:
    'Maximum number of model requests per minute for one server, key and model, in all runs together; 0 for no limit. The rate limits of the server always apply.',
  tokensPerMinute:
    'Maximum number of tokens per minute, input and output together, for one server, key and model, in all runs together; 0 for no limit. The rate limits of the server always apply.',
  conversations: 'Maximum number of prompts in one run. A run with more prompts does not start.',
  promptKB:
    'Maximum size of a prompt, a prompt file or a selection, in kilobytes (1,000 bytes). Anything larger is not run.',
  toolCalls:
    'Maximum number of tool calls in one conversation. If the model asks for more, the conversation stops and keeps its results so far.',
  parallelTools:
    'Maximum number of tool calls of one turn that run at the same time when `#interleave.toolExecution#` is `parallel`. The others wait.',
  toolsInFlight:
    'Maximum number of tool calls of all conversations together that run at the same time when `#interleave.toolExecution#` is `parallel`. The others wait.',
  repeatsNoted:
    'Number of identical tool calls, or identical sequences of tool calls, in a row after which the model is told that it repeats itself.',
  repeatsStopped:
    'Number of identical tool calls, or identical sequences of tool calls, in a row after which the conversation stops. It keeps its results so far.',
  attempts:
    'Maximum number of attempts for one model response, including the first. Server errors and connection errors are counted separately. Waiting for a rate limit or for the network does not count. After the last attempt the conversation fails; you can retry it.',
  retrySeconds:
    'Maximum time for retries of one model response, in seconds. Waiting for a rate limit or for the network does not count. After that the conversation fails; you can retry it.',
  toolSeconds: 'Timeout of one tool call, in seconds. At the timeout the model gets an error.',
  toolResultCharacters:
    'Maximum number of characters of a tool result sent to the model. The middle of a longer result is left out, and the model is told how much.',
  toolResultKeptKB:
    'Maximum size of a tool result saved with the run, in kilobytes (1,000 bytes). This applies to results that were too long for the model. The middle of a longer result is left out.',
  fileKB:
    'Maximum size of a file that tools read or edit as a whole, in kilobytes (1,000 bytes). `read_file` reads larger files in parts and tells the model how to go on. Tools do not edit them.',
  fileLines:
    'Maximum number of lines the tool `read_file` returns per call. The model is told at which line to continue.',
  searchMatches:
    'Maximum number of matching lines in one search of the tool `search_text`. The search stops there, and the model is told.',
  searchFiles:
    'Maximum number of files in one search of the tool `search_text`. The search stops there, and the model is told.',
  searchFileKB:
    'Maximum size of a file that the tool `search_text` searches, in kilobytes (1,000 bytes). Larger files are skipped, and the model is told.',
  searchSeconds:
    'Timeout of one search of the tool `search_text`, in seconds. The search stops there, and the model is told.',
  headersSeconds:
    'Maximum time until a server begins to answer, in seconds. With the default, servers on this machine or network get 600 seconds. After that the request is retried with a longer timeout.',
  idleSeconds:
    'Maximum time without any data from a response, in seconds. After that the request is retried.',
  contentSeconds:
    'Maximum time without an event or a ping from a response, in seconds. After that the request is retried.',
  eventKB:
    'Maximum size of one event in a streamed response, in kilobytes (1,000 bytes). A larger event fails the conversation.',
  responseKB:
    'Maximum size of a streamed response, in kilobytes (1,000 bytes). A larger response fails the conversation.',
  errorKB:
    "Maximum size read of a server's error response, in kilobytes (1,000 bytes). The rest is ignored.",
  errorCharacters:
    "Maximum number of characters in an error message. The rest of the server's message is left out.",
  journalWarnMB:
    'Size on disk at which a run warns that its journal has grown large, in megabytes. The run continues.',
  journalStopMB:
    'Maximum size of the journal of one run on disk, in megabytes. At the limit, the run is no longer saved and sends no more requests. You can still export its results so far.',
};

/** Main limits that are rarely needed. All guard limits are tagged `advanced` anyway. */
export const advancedLimits: readonly LimitName[] = [
  'maxConversationTokens',
  'maxRunTurns',
  'maxRunToolCalls',
  'maxRunSeconds',
  'maxWaitSeconds',
  'requestsPerMinute',
  'tokensPerMinute',
];
