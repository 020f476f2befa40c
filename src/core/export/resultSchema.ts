import * as z from 'zod';
import { rulePlaces, verdicts } from '../../shared/callDecision.ts';
import { errorKinds, limitReasons, unfinishedAnswers } from '../../shared/outcome.ts';
import { proposalKinds } from '../../shared/proposals.ts';
import { raisableLimits } from '../../shared/raisedLimits.ts';
import { resultSchemaName } from '../../shared/runResult.ts';
import { requestOutcomes } from '../../shared/span.ts';
import { toolCallStates } from '../../shared/toolCall.ts';
import { waitReasons } from '../../shared/wait.ts';

const count = z.number().int().min(0);
const ms = z.number().min(0);

const errorKind = z.enum(errorKinds);
const limitReason = z.enum(limitReasons);
const limit = z
  .enum(raisableLimits)
  .optional()
  .describe(
    'The limit that stopped it, by the name of its setting. Absent where a higher limit does not help, and from results of earlier versions.',
  );

const usage = z.object({
  inputTokens: count.describe('All input tokens, cached ones included.'),
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  incomplete: z
    .literal(true)
    .optional()
    .describe('Some usage was not reported: the counts are too low, and the cost is unknown.'),
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const origin = z.object({
  program: z.object({ name: z.string(), version: z.string() }),
  folders: z
    .array(z.object({ name: z.string(), path: z.string() }))
    .describe('Root folders of the workspace, or the current folder of the command line.'),
  agents: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      endpoint: z.string().optional().describe('The base URL. Never contains a key.'),
      systemPromptHash: sha256.describe('SHA-256 of the system prompt.'),
      toolsHash: sha256.describe('SHA-256 of the tools as they are sent, as JSON.'),
    }),
  ),
});

const decider = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rule'), rule: z.string(), place: z.enum(rulePlaces) }),
  z.object({ kind: z.literal('floor'), why: z.string() }),
  z.object({ kind: z.literal('default'), why: z.string() }),
  z.object({
    kind: z.literal('person'),
    reason: z.string().optional().describe('What the model was told.'),
    isChanged: z.literal(true).optional().describe('The user changed the arguments.'),
  }),
  z.object({ kind: z.literal('nobody'), why: z.string() }),
]);

const ruling = { verdict: z.enum(verdicts), by: decider };

const decision = z.object({
  ...ruling,
  parts: z
    .array(z.object({ text: z.string(), ...ruling }))
    .optional()
    .describe('Of several commands in one line: what the rules say of each alone.'),
});

const toolCall = z.object({
  state: z
    .enum(toolCallStates)
    .describe('ended: it has a result. Any other: it was asked for and has none.'),
  turn: count,
  name: z.string(),
  input: z.unknown(),
  output: z.string(),
  isError: z.boolean(),
  wasRun: z
    .literal(false)
    .optional()
    .describe('The call ended and no tool ran: it could not be run, or was denied.'),
  decision: decision
    .optional()
    .describe('Who or what decided on it. Absent for calls that nobody needs to allow.'),
  startMs: ms,
  endMs: ms,
  seq: count.describe('Position in the order of all events of the run.'),
});

const proposal = z.object({
  path: z.string().describe('Workspace path; of a rename the new one.'),
  kind: z.enum(proposalKinds),
  from: z.string().optional().describe('Of a rename: the old path.'),
  added: count.describe('Lines added.'),
  removed: count.describe('Lines removed.'),
});
const times = { startMs: ms, endMs: ms };

const span = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('request'),
    turn: count,
    attempt: count.describe('Counts from 1 within the turn.'),
    ...times,
    firstTokenMs: ms
      .optional()
      .describe('When the first text, thinking or tool call arrived; absent when none did.'),
    outcome: z
      .enum(requestOutcomes)
      .describe('A complete turn, an error, or aborted by the end of the conversation.'),
    errorKind: errorKind.optional(),
  }),
  z.object({
    kind: z.literal('tool'),
    turn: count,
    name: z.string(),
    ...times,
    isError: z.boolean(),
  }),
  z.object({
    kind: z.literal('wait'),
    reason: z.enum(waitReasons),
    ...times,
    attempt: count.optional().describe('The attempt that followed, when attempts count.'),
    cause: z.string().optional(),
  }),
]);

const error = z.object({
  kind: errorKind,
  message: z.string(),
  httpStatus: z.number().int().optional(),
  requestId: z.string().optional(),
  attempts: count,
});

const answeredBy = z
  .array(
    z.object({
      turn: count,
      agent: z.string().optional().describe('Absent where no agent was chosen.'),
      provider: z.string(),
      model: z.string(),
      price: z
        .object({
          input: z.number(),
          output: z.number(),
          cacheRead: z.number(),
          cacheWrite: z.number(),
          dearerAbove: z.number().optional(),
        })
        .optional()
        .describe('US dollars for a million tokens; absent when it is not known.'),
      usage,
      costUsd: z.number().nullable(),
      knownCostUsd: z.number(),
    }),
  )
  .describe('Who answered each turn.');

const asked = z.object({
  turn: count.describe('The turn in which it was asked.'),
  agent: z.string().optional(),
  provider: z.string(),
  model: z.string(),
  prompt: z.string(),
  status: z.enum(['done', 'failed', 'stopped', 'cancelled']),
  reason: z.union([z.enum(['final', 'cancelled', 'interrupted']), limitReason, errorKind]),
  limit,
  answer: z.string(),
  error: error.optional(),
  turns: count,
  answeredBy,
  toolCalls: z.array(toolCall),
  get asked() {
    return z.array(asked);
  },
  usage,
  costUsd: z.number().nullable(),
  knownCostUsd: z.number(),
  startMs: ms,
  endMs: ms,
});

const conversation = z.object({
  index: count,
  id: z
    .string()
    .describe(
      'Id of the prompt: folder/file.prompts.md#slug. The file is relative to the workspace folder, or on the command line to the current folder. When several folders are open, the name of the workspace folder comes first. Always with "/".',
    ),
  name: z.string(),
  prompt: z.string().describe('The prompt as it was sent.'),
  promptHash: sha256.optional().describe('SHA-256 of the prompt.'),
  agent: count.optional().describe('Its agent: an index of origin.agents.'),
  agentName: z.string().optional().describe('The name of that agent.'),
  vars: z.record(z.string(), z.string()),
  provider: z.string(),
  model: z.string(),
  status: z.enum(['done', 'failed', 'stopped', 'cancelled']),
  reason: z.union([z.enum(['final', 'cancelled', 'interrupted']), limitReason, errorKind]),
  limit,
  answer: z
    .string()
    .describe(
      'The final answer, or the text so far when the conversation ended early. A rerun that ends early keeps the final answer from before.',
    ),
  answerIs: z
    .enum(unfinishedAnswers)
    .optional()
    .describe(
      'What the text is when it is not a final answer: interim text before tool calls, or truncated.',
    ),
  error: error.optional(),
  turns: count,
  answeredBy: answeredBy.optional(),
  asked: z
    .array(asked)
    .optional()
    .describe('What its agents asked others. Usage and cost are part of the conversation.'),
  attempts: count.describe('All model requests, failed ones included.'),
  toolCalls: z.array(toolCall),
  proposals: z
    .array(proposal)
    .optional()
    .describe('Files that it would create, change, rename or delete. Absent when there are none.'),
  spans: z
    .array(span)
    .optional()
    .describe(
      "What the conversation spent its time on, ordered by start, in milliseconds since the run's start. Absent from results of earlier versions.",
    ),
  usage,
  costUsd: z.number().nullable(),
  knownCostUsd: z.number().optional().describe('The known part of the cost: a lower bound.'),
  startMs: ms.describe("Milliseconds since the run's start."),
  endMs: ms,
});

/** The schema of a result. It validates results from files and is published as JSON Schema. */
export const runResultSchema = z.object({
  schema: z.literal(resultSchemaName),
  id: z.string(),
  startedAt: z.string().describe('ISO 8601'),
  state: z.enum(['finished', 'cancelled']),
  unsaved: z
    .string()
    .optional()
    .describe('Why the run could not be saved; absent when it was saved.'),
  simulated: z.boolean().describe('True when the answers come from the demo model.'),
  agent: z.object({
    name: z.string(),
    provider: z.string(),
    model: z.string(),
    tools: z.array(z.string()),
    mode: z.enum(['concurrent', 'serial']),
    toolExecution: z.enum(['serial', 'parallel']),
    concurrency: z.union([z.literal('auto'), z.literal('unlimited'), z.number().int().min(1)]),
  }),
  origin: origin
    .optional()
    .describe('Where and with what the run was made. Absent from runs of earlier versions.'),
  wallMs: ms.describe('How long the run took.'),
  conversationMs: ms.describe(
    'What the model and the tools took, of all conversations together: about what serial would take.',
  ),
  savedPercent: z.number().min(0).max(100),
  counts: z.object({
    total: count,
    done: count,
    failed: count,
    stopped: count,
    cancelled: count,
  }),
  usage,
  costUsd: z.number().nullable().describe('Null when the price of a model is unknown.'),
  knownCostUsd: z.number().optional().describe('The known part of the cost: a lower bound.'),
  conversations: z.array(conversation).describe('In prompt order.'),
});

/**
 * The published JSON Schema (draft 2020-12) of a result. It allows unknown fields, so that later versions can
 * add fields without a new schema name.
 */
export function resultJsonSchema(): { readonly [key: string]: unknown } {
  const schema = z.toJSONSchema(runResultSchema, { io: 'input' });
  return { title: 'Result of an Interleave run', ...schema };
}
