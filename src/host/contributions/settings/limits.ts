import type { LimitName } from '../../../core/base/limits.ts';

/**
 * What the settings editor says of each limit. `core/base/limits.ts` has their names, ranges and order, and
 * the words of the command line and of docs/limits.md.
 */
export const limitDescriptions: { readonly [N in LimitName]: string } = {
  maxTurns:
    'Model responses one conversation may have. After that the model is asked once for its answer, without tools, and the conversation is stopped. A prompt file can give its own with the key `maxTurns`.',
  maxTokens:
    'Tokens one model response may have. A longer one is cut off there and marked. A prompt file can give its own with the key `maxTokens`.',
  timeoutSeconds:
    'Seconds one conversation may take, from its first request on; waiting for others does not count. After that it is stopped, and what it has so far is kept. A prompt file can give its own with the key `timeout`.',
  maxRunTokens:
    'Tokens one run may use, input and output together; 0 for no limit. After that no more requests are sent, and conversations that need one are stopped; what they have so far is kept. What is under way is counted with the most that it can use, so that none goes beyond it; a request that does not fit yet waits.',
  maxConversationTokens:
    'Tokens a single conversation may use, input and output together; 0 for no limit. After that it is stopped, and what it has so far is kept.',
  maxRunTurns:
    'Model responses all conversations of a run may have together; 0 for no limit. After that no more requests are sent, and conversations that need one are stopped; what they have so far is kept.',
  maxRunToolCalls:
    'Tool calls all conversations of a run may make together; 0 for no limit. When a model asks for more, its conversation is stopped, and what it has so far is kept.',
  maxRunSeconds:
    'Seconds a run may take; 0 for no limit. Waiting for a person does not count. After that its conversations are stopped, and what they have so far is kept.',
  maxCostUsd:
    'US dollars one run may cost; 0 for no limit. After that no more requests are sent, and conversations that need one are stopped; what they have so far is kept. What is under way is counted with the most that it can cost, so that none goes beyond it; a request that does not fit yet waits. A run of a model whose price is not known is not started then; `#interleave.prices#` can add it.',
  maxConversationCostUsd:
    'US dollars a single conversation may cost; 0 for no limit. After that it is stopped, and what it has so far is kept.',
  maxWaitSeconds:
    'Seconds a run may wait while none of its conversations gets on: for a rate limit, for a server that does not answer, or for a person; 0 for no limit. A run that would wait longer is stopped; what it has is kept, and it can be resumed.',
  requestsPerMinute:
    'Model requests a minute to one server, key and model, for all runs together; 0 for no limit of your own. The limits of the server are kept to in any case.',
  tokensPerMinute:
    'Tokens a minute, input and output together, to one server, key and model, for all runs together; 0 for no limit of your own.',
  conversations: 'Prompts one run may have. A run with more is not started, and nothing is sent.',
  promptKB:
    'Kilobytes (1,000 bytes) one prompt, a prompt file or a selection may have. What is larger is not run, and nothing is sent.',
  toolCalls:
    'Tool calls one conversation may make. When the model asks for more, the conversation is stopped, and what it has so far is kept.',
  parallelTools:
    'Tool calls of one turn that run at the same time, where `#interleave.toolExecution#` is `parallel`. The others wait.',
  toolsInFlight:
    'Tool calls of all conversations together that run at the same time, where `#interleave.toolExecution#` is `parallel`. The others wait.',
  repeatsNoted:
    'Times the same tool call, or the same few in the same order, may follow one another before the model is told that it repeats itself.',
  repeatsStopped:
    'Times the same tool call, or the same few in the same order, may follow one another before the conversation is stopped. What it has so far is kept.',
  attempts:
    'Requests that are made for one model response, the first included, while the server fails, and as many while the connection does. After that the conversation fails and can be retried. Waiting for a rate limit, or for the network to come back, does not count.',
  retrySeconds:
    'Seconds in which a model response that failed is asked for again. After that the conversation fails and can be retried. Waiting for a rate limit, or for the network to come back, does not count.',
  toolSeconds: 'Seconds one tool call may take. After that it is given up, and the model is told.',
  toolResultCharacters:
    'Characters of a tool result that are sent to the model. Of a longer one the middle is left out, and the model is told how much.',
  toolResultKeptKB:
    'Kilobytes (1,000 bytes) that are kept on disk with the run of a tool result that was too long for the model. Of a longer one the middle is left out.',
  fileKB:
    'Kilobytes (1,000 bytes) of a file that the tool `read_file` can read. The rest is left out, and the model is told.',
  fileLines:
    'Lines of a file that the tool `read_file` returns at a time. The model is told with which line to go on.',
  searchMatches:
    'Matching lines that one search of the tool `search_text` returns. The search ends there, and the model is told.',
  searchFiles:
    'Files that one search of the tool `search_text` looks into. The search ends there, and the model is told.',
  searchFileKB:
    'Kilobytes (1,000 bytes) of a file that the tool `search_text` looks into. A larger file is left out, and the model is told.',
  searchSeconds:
    'Seconds one search of the tool `search_text` may take. The search ends there, and the model is told.',
  headersSeconds:
    'Seconds until a server must begin to answer; the default means 600 where it is on this machine or network. After that the request is given up and tried again, with a longer wait.',
  idleSeconds:
    'Seconds a response may go without a single byte. After that the request is given up and tried again.',
  contentSeconds:
    'Seconds a response may go without an event or another sign of life, such as a ping. After that the request is given up and tried again.',
  eventKB:
    'Kilobytes (1,000 bytes) one event of a streamed response may have. A server that sends a larger one is given up, and the conversation fails.',
  responseKB:
    'Kilobytes (1,000 bytes) one streamed response may have. A server that sends more is given up, and the conversation fails.',
  errorKB: "Kilobytes (1,000 bytes) of a server's error that are read. The rest is not looked at.",
  errorCharacters:
    "Characters of the message of an error that a server reports. The rest of the server's own words is left out.",
  journalWarnMB:
    'Megabytes on disk from which on a run says that its record has grown large. The run goes on.',
  journalStopMB:
    'Megabytes on disk that the record of one run may take. After that the run is no longer saved: its tools and further turns stop, and the results so far can still be exported.',
};

/** Main limits that are rarely needed; all guards are. */
export const advancedLimits: readonly LimitName[] = [
  'maxConversationTokens',
  'maxRunTurns',
  'maxRunToolCalls',
  'maxRunSeconds',
  'maxWaitSeconds',
  'requestsPerMinute',
  'tokensPerMinute',
];
