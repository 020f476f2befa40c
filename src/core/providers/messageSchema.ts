import * as z from 'zod';
import { lazily } from '../base/lazily.ts';
import type { AssistantMessage, Message, ToolCall } from './message.ts';

// Messages that come from a file. The schemas only check and are loose, so that nothing is lost of what a
// provider sent.

const text = z.string();
const outcome = lazily(() =>
  z.looseObject({ callId: text, name: text, content: text, isError: z.boolean() }),
);

const toolCall = lazily(
  (): z.ZodType<ToolCall> =>
    z.looseObject({
      callId: text,
      name: text,
      // JSON leaves out what is undefined.
      input: z.unknown().default(null),
      inputError: z.exactOptional(text),
    }),
);

export const assistantMessageSchema = lazily(
  (): z.ZodType<AssistantMessage> =>
    z.looseObject({
      role: z.literal('assistant'),
      text,
      answer: z.exactOptional(text),
      responseId: z.exactOptional(text),
      toolCalls: z.array(toolCall()),
      native: z.array(z.unknown()),
    }),
);

export const messageSchema = lazily(
  (): z.ZodType<Message> =>
    z.union([
      z.looseObject({ role: z.literal('user'), text }),
      assistantMessageSchema(),
      z.looseObject({
        role: z.literal('tool'),
        outcomes: z.array(outcome()),
        handOver: z.exactOptional(z.looseObject({ agent: text, task: text })),
      }),
    ]),
);
