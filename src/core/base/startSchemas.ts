import * as z from 'zod';
import type { RunStarted } from '../../shared/conversationEvents.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { PlannedConversation, RunAgent } from '../../shared/plannedRun.ts';
import type { RunOrigin } from '../../shared/runOrigin.ts';
import { lazily } from './lazily.ts';

// The start of a run that comes from a file. Loose, as the schemas of the later events.
const text = z.string();
const flag = z.boolean();
const number = z.number();
const count = z.number().int().min(0);
const optional = z.exactOptional;

export const priceSchema = lazily(
  (): z.ZodType<ModelPrice> =>
    z.looseObject({
      input: number,
      output: number,
      cacheRead: number,
      cacheWrite: number,
    }),
);

export const plannedSchema = lazily(
  (): z.ZodType<PlannedConversation> =>
    z.looseObject({
      id: text,
      name: text,
      prompt: text,
      vars: optional(z.record(z.string(), text)),
      provider: text,
      model: text,
      price: optional(priceSchema()),
      source: optional(z.looseObject({ uri: text, line: number })),
      promptHash: optional(text),
      agent: optional(count),
      agentName: optional(text),
    }),
);

const origin = lazily(
  (): z.ZodType<RunOrigin> =>
    z.looseObject({
      program: z.looseObject({ name: text, version: text }),
      folders: z.array(z.looseObject({ name: text, path: text })),
      agents: z.array(
        z.looseObject({
          name: optional(text),
          provider: text,
          model: text,
          endpoint: optional(text),
          systemPromptHash: text,
          toolsHash: text,
        }),
      ),
    }),
);

const agent = lazily(
  (): z.ZodType<RunAgent> =>
    z.looseObject({
      name: text,
      provider: text,
      model: text,
      tools: z.array(text),
      mode: z.enum(['concurrent', 'serial']),
      toolExecution: z.enum(['serial', 'parallel']),
      concurrency: z.union([z.enum(['auto', 'unlimited']), number]),
    }),
);

export const startedSchema = lazily(
  (): z.ZodType<RunStarted> =>
    z.looseObject({
      type: z.literal('run.started'),
      id: text,
      number,
      title: text,
      startedAt: z.iso.datetime(),
      simulated: flag,
      agent: agent(),
      conversations: z.array(plannedSchema()),
      origin: optional(origin()),
      estimate: optional(z.looseObject({ inputTokens: count, costUsd: z.nullable(number) })),
    }),
);
