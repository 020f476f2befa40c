/** The allowed values of a number. */
export interface NumberRange {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether fractions are allowed. */
  readonly fractions?: true;
}

/**
 * A limit, as settings, command line and documentation show it. Zero, where it is allowed, means no limit.
 */
export interface Limit extends NumberRange {
  /** The option of `interleave run` that sets it; `--limit name=value` does when absent. */
  readonly flag?: string;
  /** 1 KB is 1,000 bytes, and 1 MB a million. */
  readonly unit: string;
  /** What is limited, and what happens at the limit. */
  readonly what: string;
  readonly reached: string;
}

/** Limits whose settings are `interleave.<name>`. */
export const mainLimits = {
  maxTurns: {
    flag: '--max-turns',
    ...{ default: 50, minimum: 1, maximum: 1_000, unit: 'turns' },
    what: 'model responses in one conversation',
    reached:
      'the model is asked once for its answer, without tools, and the conversation is stopped',
  },
  maxTokens: {
    flag: '--max-tokens',
    ...{ default: 16_000, minimum: 1, maximum: 1_000_000, unit: 'tokens' },
    what: 'length of one model response',
    reached: 'the response is cut off and marked',
  },
  timeoutSeconds: {
    flag: '--timeout',
    ...{ default: 600, minimum: 1, maximum: 86_400, unit: 's' },
    what: 'time of one conversation, waiting for others not counted',
    reached: 'the conversation is stopped; what it has is kept',
  },
  maxRunTokens: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000_000_000, unit: 'tokens' },
    what: 'tokens of a run, input and output; 0 for no limit',
    reached: 'no more requests are sent; conversations that need one are stopped',
  },
  maxCostUsd: {
    flag: '--max-cost',
    ...{ default: 0, minimum: 0, maximum: 1_000_000, unit: 'USD', fractions: true },
    what: 'cost of a run; 0 for no limit',
    reached: 'no more requests are sent; conversations that need one are stopped',
  },
  maxConversationCostUsd: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000, unit: 'USD', fractions: true },
    what: 'cost of one conversation; 0 for no limit',
    reached: 'the conversation is stopped; what it has is kept',
  },
  maxWaitSeconds: {
    flag: '--max-wait',
    ...{ default: 0, minimum: 0, maximum: 2_678_400, unit: 's' },
    what: 'time that a run may wait while none of its conversations gets on; 0 for no limit',
    reached: 'the run is stopped; what it has is kept, and it can be resumed',
  },
  requestsPerMinute: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000, unit: 'requests' },
    what: 'requests a minute to one server, key and model; 0 for no limit of your own',
    reached: 'requests wait',
  },
  tokensPerMinute: {
    ...{ default: 0, minimum: 0, maximum: 1_000_000_000, unit: 'tokens' },
    what: 'tokens a minute to one server, key and model; 0 for no limit of your own',
    reached: 'requests wait',
  },
} as const satisfies { readonly [name: string]: Limit };

/** Limits whose settings are `interleave.limits.<name>`. */
export const guardLimits = {
  conversations: {
    ...{ default: 1_000, minimum: 1, maximum: 10_000, unit: 'prompts' },
    what: 'prompts in one run',
    reached: 'the run is not started; nothing is sent',
  },
  promptKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of one prompt, and of a prompt file',
    reached: 'the run is not started; nothing is sent',
  },
  toolCalls: {
    ...{ default: 100, minimum: 1, maximum: 10_000, unit: 'calls' },
    what: 'tool calls in one conversation',
    reached: 'the conversation is stopped; what it has is kept',
  },
  parallelTools: {
    ...{ default: 4, minimum: 1, maximum: 64, unit: 'calls' },
    what: 'tool calls at the same time in one conversation, where tools run in parallel',
    reached: 'the other calls of the turn wait',
  },
  repeatsNoted: {
    ...{ default: 3, minimum: 2, maximum: 1_000, unit: 'times' },
    what: 'identical tool calls in a row before the model is told',
    reached: 'the model is told that it repeats itself',
  },
  repeatsStopped: {
    ...{ default: 5, minimum: 2, maximum: 1_000, unit: 'times' },
    what: 'identical tool calls in a row before it ends',
    reached: 'the conversation is stopped; what it has is kept',
  },
  attempts: {
    ...{ default: 8, minimum: 1, maximum: 100, unit: 'requests' },
    what: 'requests for one turn while the server fails, as many while the connection does, and refusals for the rate in a row',
    reached: 'the conversation fails; it can be retried',
  },
  retrySeconds: {
    ...{ default: 300, minimum: 1, maximum: 86_400, unit: 's' },
    what: 'time in which a failed turn is tried again',
    reached: 'the conversation fails; it can be retried',
  },
  toolSeconds: {
    ...{ default: 30, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time of one tool call',
    reached: 'the call is given up, and the model is told',
  },
  toolResultCharacters: {
    ...{ default: 48_000, minimum: 1_000, maximum: 10_000_000, unit: 'characters' },
    what: 'length of a tool result that reaches the model',
    reached: 'its middle is left out, and the model is told',
  },
  toolResultKeptKB: {
    ...{ default: 5_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of a shortened tool result that is kept with the run',
    reached: 'its middle is left out',
  },
  fileKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'bytes of a file that read_file reads',
    reached: 'the rest is left out, and the model is told',
  },
  fileLines: {
    ...{ default: 2_000, minimum: 1, maximum: 1_000_000, unit: 'lines' },
    what: 'lines of a file that read_file returns at a time',
    reached: 'the model is told with which line to go on',
  },
  searchMatches: {
    ...{ default: 200, minimum: 1, maximum: 10_000, unit: 'lines' },
    what: 'matching lines of one search',
    reached: 'the search ends, and the model is told',
  },
  searchFiles: {
    ...{ default: 2_000, minimum: 1, maximum: 1_000_000, unit: 'files' },
    what: 'files that one search looks into',
    reached: 'the search ends, and the model is told',
  },
  searchFileKB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'KB' },
    what: 'size of a file that is searched',
    reached: 'a larger file is left out, and the model is told',
  },
  searchSeconds: {
    ...{ default: 2, minimum: 1, maximum: 60, unit: 's' },
    what: 'time of one search',
    reached: 'the search ends, and the model is told',
  },
  headersSeconds: {
    ...{ default: 60, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time until a server begins to answer; 60 means 600 where it is on this machine or network',
    reached: 'the request is given up and tried again, with a longer wait',
  },
  idleSeconds: {
    ...{ default: 60, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time that a response may go without a byte',
    reached: 'the request is given up and tried again',
  },
  contentSeconds: {
    ...{ default: 180, minimum: 1, maximum: 3_600, unit: 's' },
    what: 'time that a response may go without an event or another sign of life',
    reached: 'the request is given up and tried again',
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
    what: "bytes of a server's error response that are read",
    reached: 'the rest is not read',
  },
  errorCharacters: {
    ...{ default: 500, minimum: 100, maximum: 10_000, unit: 'characters' },
    what: "length of an error message with a server's own words",
    reached: "the rest of the server's words is left out",
  },
  journalWarnMB: {
    ...{ default: 256, minimum: 1, maximum: 100_000, unit: 'MB' },
    what: "size of a run's record on disk before it is mentioned",
    reached: 'it is said once; the run goes on',
  },
  journalStopMB: {
    ...{ default: 1_000, minimum: 1, maximum: 100_000, unit: 'MB' },
    what: "size of a run's record on disk",
    reached: 'the run is no longer saved, and tools and further turns stop',
  },
} as const satisfies { readonly [name: string]: Limit };

/** Every limit that is a number, by its name. */
export const limits: { readonly [N in LimitName]: Limit } = { ...mainLimits, ...guardLimits };

export type MainLimitName = keyof typeof mainLimits;
export type GuardLimitName = keyof typeof guardLimits;
export type LimitName = MainLimitName | GuardLimitName;
/** The setting of a limit, by its name after `interleave.`. */
export type LimitSettingName = MainLimitName | `limits.${GuardLimitName}`;

/** A number for every limit, in the limit's own unit. */
export type LimitValues = { readonly [N in LimitName]: number };
/** The same for those whose settings are `interleave.limits.<name>`. */
export type GuardLimitValues = Pick<LimitValues, GuardLimitName>;

/** Max requests in flight, where a number is set. */
export const mostConcurrent = 128;

export const mainLimitNames = Object.keys(mainLimits) as readonly MainLimitName[];
export const guardLimitNames = Object.keys(guardLimits) as readonly GuardLimitName[];
export const limitNames: readonly LimitName[] = [...mainLimitNames, ...guardLimitNames];

/** The defaults. */
export const defaultLimitValues = valuesOf((name) => limits[name].default);

/** A number for every limit. */
export function valuesOf(choose: (name: LimitName) => number): LimitValues {
  return Object.fromEntries(limitNames.map((name) => [name, choose(name)])) as LimitValues;
}
