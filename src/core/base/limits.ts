/** The allowed values of a number. */
export interface NumberRange {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether fractions are allowed. */
  readonly fractions?: true;
}

/**
 * A limit as it appears in settings, command line and documentation: all their texts are made from its row. Where
 * zero is allowed, it means no limit.
 */
export interface Limit extends NumberRange {
  /** Its option of `interleave run`; `--limit name=value` when absent. */
  readonly flag?: string;
  /** 1 KB is 1,000 bytes, and 1 MB a million. Another unit names what is counted. */
  readonly unit: string;
  /** What is limited. Follows "Maximum number of", or "Maximum" when the unit is `s`, `KB`, `MB` or `USD`. */
  readonly what: string;
  /** What happens then. Follows "At the limit,". */
  readonly reached: string;
  /** More sentences for the settings editor. A setting in them stands in backticks. */
  readonly note?: string;
  /** Rarely needed: the settings editor hides it by default. True for all of `interleave.limits`. */
  readonly advanced?: true;
}

/** Limits whose settings are `interleave.<name>`. */
export const mainLimits = {
  maxTurns: {
    flag: '--max-turns',
    ...{ default: 50, minimum: 1, maximum: 1_000, unit: 'turns' },
    what: 'model responses in one conversation',
    reached: 'the model is asked once for its answer, without tools; then the conversation stops',
    note: 'A prompt file can override it with the key `maxTurns`.',
  },
  maxTokens: {
    flag: '--max-tokens',
    ...{ default: 16_000, minimum: 1, maximum: 1_000_000, unit: 'tokens' },
    what: 'tokens of one model response',
    reached: 'the response is truncated and marked',
    note: 'A prompt file can override it with the key `maxTokens`.',
  },
  timeoutSeconds: {
    flag: '--timeout',
    ...{ default: 600, minimum: 1, maximum: 86_400, unit: 's' },
    what: 'time of one conversation, without waiting for others',
    reached: 'the conversation stops and keeps what it has',
    note: 'A prompt file can override it with the key `timeout`.',
  },
  maxRunTokens: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000_000_000, unit: 'tokens' },
    what: 'tokens of a run, input and output',
    reached: 'no more requests are sent; conversations that need one stop',
    note: 'Each request in flight counts with the most tokens it can use, so a run cannot exceed the limit. A request that does not fit yet waits.',
  },
  maxConversationTokens: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000_000_000, unit: 'tokens' },
    what: 'tokens of one conversation, input and output',
    reached: 'the conversation stops and keeps what it has',
    advanced: true,
  },
  maxRunTurns: {
    ...{ default: 0, minimum: 0, maximum: 10_000_000, unit: 'turns' },
    what: 'model responses of a run',
    reached: 'no more requests are sent; conversations that need one stop',
    advanced: true,
  },
  maxRunToolCalls: {
    ...{ default: 0, minimum: 0, maximum: 100_000_000, unit: 'calls' },
    what: 'tool calls of a run',
    reached: 'no more tools run; conversations that need one stop',
    advanced: true,
  },
  maxRunSeconds: {
    ...{ default: 0, minimum: 0, maximum: 2_678_400, unit: 's' },
    what: 'time of a run, without waiting for the user',
    reached: 'its conversations stop and keep what they have',
    advanced: true,
  },
  maxCostUsd: {
    flag: '--max-cost',
    ...{ default: 0, minimum: 0, maximum: 1_000_000, unit: 'USD', fractions: true },
    what: 'cost of a run',
    reached: 'no more requests are sent; conversations that need one stop',
    note: 'Each request in flight counts with the most it can cost, so a run cannot exceed the limit. A request that does not fit yet waits. With a limit, a run does not start if the price of its model is unknown; add the price in `interleave.prices`.',
  },
  maxConversationCostUsd: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000, unit: 'USD', fractions: true },
    what: 'cost of one conversation',
    reached: 'the conversation stops and keeps what it has',
  },
  maxWaitSeconds: {
    flag: '--max-wait',
    ...{ default: 0, minimum: 0, maximum: 2_678_400, unit: 's' },
    what: 'time for which all conversations of a run may wait',
    reached: 'the run stops and keeps what it has; it can be resumed',
    note: 'It counts waits for a rate limit, for a server that does not answer, and for you.',
    advanced: true,
  },
  requestsPerMinute: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000, unit: 'requests' },
    what: 'requests per minute to one server, key and model',
    reached: 'requests wait',
    note: 'The rate limits of the server always apply.',
    advanced: true,
  },
  tokensPerMinute: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000_000, unit: 'tokens' },
    what: 'tokens per minute to one server, key and model',
    reached: 'requests wait',
    note: 'The rate limits of the server always apply.',
    advanced: true,
  },
} as const satisfies { readonly [name: string]: Limit };

/** Limits whose settings are `interleave.limits.<name>`. */
export const guardLimits = {
  conversations: {
    ...{ default: 1_000, minimum: 1, maximum: 10_000, unit: 'prompts' },
    what: 'prompts in one run',
    reached: 'the run does not start; nothing is sent',
  },
  promptKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of a prompt or a prompt file',
    reached: 'the run does not start; nothing is sent',
  },
  toolCalls: {
    ...{ default: 100, minimum: 1, maximum: 10_000, unit: 'calls' },
    what: 'tool calls in one conversation',
    reached: 'the conversation stops and keeps what it has',
  },
  parallelTools: {
    ...{ default: 4, minimum: 1, maximum: 64, unit: 'calls' },
    what: 'parallel tool calls in one conversation',
    reached: 'the other calls of the turn wait',
    note: 'It matters when `interleave.toolExecution` is `parallel`.',
  },
  toolsInFlight: {
    ...{ default: 16, minimum: 1, maximum: 1_000, unit: 'calls' },
    what: 'parallel tool calls in all conversations together',
    reached: 'the other calls wait',
    note: 'It matters when `interleave.toolExecution` is `parallel`.',
  },
  repeatsNoted: {
    ...{ default: 3, minimum: 2, maximum: 1_000, unit: 'times' },
    what: 'identical tool calls in a row before a warning to the model',
    reached: 'the model is told that it repeats itself',
    note: 'Identical sequences of tool calls count too.',
  },
  repeatsStopped: {
    ...{ default: 5, minimum: 2, maximum: 1_000, unit: 'times' },
    what: 'identical tool calls in a row before the conversation stops',
    reached: 'the conversation stops and keeps what it has',
    note: 'Identical sequences of tool calls count too, and a higher value allows more turns in a row whose calls cannot be run.',
  },
  attempts: {
    ...{ default: 8, minimum: 1, maximum: 100, unit: 'requests' },
    what: 'attempts at one turn on server errors, as many on connection errors, and rate limit refusals in a row',
    reached: 'the conversation fails; it can be retried',
    note: 'Waits for a rate limit or for the network do not count.',
  },
  retrySeconds: {
    ...{ default: 300, minimum: 1, maximum: 86_400, unit: 's' },
    what: 'time for retries of one turn',
    reached: 'the conversation fails; it can be retried',
    note: 'Waits for a rate limit or for the network do not count.',
  },
  toolSeconds: {
    ...{ default: 30, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time of one tool call',
    reached: 'the call fails, and the model gets the error',
  },
  toolResultCharacters: {
    ...{ default: 48_000, minimum: 1_000, maximum: 10_000_000, unit: 'characters' },
    what: 'characters of a tool result for the model',
    reached: 'its middle is left out, with a note to the model',
  },
  toolResultKeptKB: {
    ...{ default: 5_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of the saved full text of a long tool result',
    reached: 'its middle is left out',
  },
  fileKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of a file that tools read or edit as a whole',
    reached: 'read_file reads the file in parts, and edits are refused',
  },
  fileLines: {
    ...{ default: 2_000, minimum: 1, maximum: 1_000_000, unit: 'lines' },
    what: 'lines that read_file returns per call',
    reached: 'a note tells the model how to continue',
  },
  searchMatches: {
    ...{ default: 200, minimum: 1, maximum: 10_000, unit: 'lines' },
    what: 'matching lines of one search',
    reached: 'the search ends, with a note to the model',
  },
  searchFiles: {
    ...{ default: 2_000, minimum: 1, maximum: 1_000_000, unit: 'files' },
    what: 'files that one search reads',
    reached: 'the search ends, with a note to the model',
  },
  searchFileKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of a file that is searched as a whole',
    reached: 'larger files are searched after all others, in pieces, as far as the time allows',
  },
  searchSeconds: {
    ...{ default: 2, minimum: 1, maximum: 60, unit: 's' },
    what: 'time of one search',
    reached: 'the search ends, with a note to the model',
  },
  headersSeconds: {
    ...{ default: 60, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time until a server begins to answer (the default 60 means 600 for servers on this machine or network)',
    reached: 'the request is retried with a longer timeout',
  },
  idleSeconds: {
    ...{ default: 60, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time without a byte in a response',
    reached: 'the request is retried',
  },
  contentSeconds: {
    ...{ default: 180, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time without an event or a heartbeat in a response',
    reached: 'the request is retried',
  },
  eventKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of one event of a streamed response',
    reached: 'the conversation fails',
  },
  responseKB: {
    ...{ default: 16_000, minimum: 1, maximum: 1_000_000, unit: 'KB' },
    what: 'size of one streamed response',
    reached: 'the conversation fails',
  },
  errorKB: {
    ...{ default: 64, minimum: 1, maximum: 10_000, unit: 'KB' },
    what: 'part of an error response that is read',
    reached: 'the rest is not read',
  },
  errorCharacters: {
    ...{ default: 500, minimum: 100, maximum: 10_000, unit: 'characters' },
    what: 'characters of an error message that quotes the server',
    reached: 'the rest of the quote is left out',
  },
  journalWarnMB: {
    ...{ default: 256, minimum: 1, maximum: 100_000, unit: 'MB' },
    what: 'size of a saved run on disk before a note',
    reached: 'a note appears once; the run continues',
  },
  journalStopMB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'MB' },
    what: 'size of a saved run on disk',
    reached: 'saving stops, and so do tools and further turns',
    note: 'Results so far can still be exported.',
  },
} as const satisfies { readonly [name: string]: Limit };

/** Every limit that is a number, by its name. */
export const limits: { readonly [N in LimitName]: Limit } = { ...mainLimits, ...guardLimits };

/** The name of a limit whose setting is `interleave.<name>`. */
export type MainLimitName = keyof typeof mainLimits;
/** The name of a limit whose setting is `interleave.limits.<name>`. */
export type GuardLimitName = keyof typeof guardLimits;
/** The name of a limit. */
export type LimitName = MainLimitName | GuardLimitName;
/** The setting of a limit, by its name after `interleave.`. */
export type LimitSettingName = MainLimitName | `limits.${GuardLimitName}`;

/** A number for every limit, in the limit's own unit. */
export type LimitValues = { readonly [N in LimitName]: number };
/** A number for every limit whose setting is `interleave.limits.<name>`. */
export type GuardLimitValues = Pick<LimitValues, GuardLimitName>;

/** Max number for the concurrency setting. */
export const maxConcurrent = 128;

/** All names of main limits. */
export const mainLimitNames = Object.keys(mainLimits) as readonly MainLimitName[];
/** All names of guard limits. */
export const guardLimitNames = Object.keys(guardLimits) as readonly GuardLimitName[];
/** All names of limits. */
export const limitNames: readonly LimitName[] = [...mainLimitNames, ...guardLimitNames];

/** The defaults of all limits. */
export const defaultLimitValues = valuesOf((name) => limits[name].default);

/** Chooses a number for every limit. */
export function valuesOf(choose: (name: LimitName) => number): LimitValues {
  return Object.fromEntries(limitNames.map((name) => [name, choose(name)])) as LimitValues;
}
