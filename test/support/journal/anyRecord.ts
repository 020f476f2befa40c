import fc from 'fast-check';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import type { Message } from '../../../src/core/providers/message.ts';
import { eventRecord, intent, outcome, runStarted } from './journalRecords.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  // What would be mistaken for a record of its own if it could stand in a line unquoted.
  fc.constantFrom('{"n":1,"c":"00000000","p":{}}\n', '\u0000\n\r\u2028', '__proto__', ''),
);

/** JSON with keys and values that are hard on readers. */
const hostileJson = fc.jsonValue({ maxDepth: 3 }).map(asJson);

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), text }),
  fc.record({
    role: fc.constant('assistant' as const),
    text,
    toolCalls: fc.array(fc.record({ callId: text, name: text, input: hostileJson }), {
      maxLength: 3,
    }),
    native: fc.array(hostileJson, { maxLength: 3 }),
  }),
  fc.record({
    role: fc.constant('tool' as const),
    outcomes: fc.array(
      fc.record({ callId: text, name: text, content: text, isError: fc.boolean() }),
      { maxLength: 3 },
    ),
  }),
);

const small = fc.nat({ max: 4 });

/** Any record there can be. */
export const anyRecord: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({
    kind: fc.constant('message' as const),
    conversation: small,
    index: small,
    message,
  }),
  fc.record({ kind: fc.constant('note' as const), text }),
  fc.record({ conversation: small, prompt: text }).map(({ conversation, prompt }) => ({
    kind: 'planned' as const,
    conversation,
    planned: { ...runStarted().conversations[0]!, prompt },
  })),
  fc
    .record({ key: text, effect: fc.constantFrom('read' as const, 'change' as const) })
    .map(({ key, effect }) => intent(key, effect)),
  text.map((key) => outcome(key)),
  fc
    .record({ seq: fc.nat(), atMs: fc.nat(), conversation: small, turn: small, callId: text })
    .chain((base) =>
      fc
        .record({ name: text, input: hostileJson })
        .map((call) => eventRecord({ type: 'tool.started', ...base, ...call })),
    ),
  fc
    .record({ seq: fc.nat(), atMs: fc.nat(), conversation: small, turn: small, callId: text })
    .chain((base) =>
      fc
        .record({ name: text, type: fc.constantFrom('tool.checked', 'tool.waiting') })
        .map((call) => eventRecord({ ...base, ...call })),
    ),
  fc.record({ definition: hostileJson }).map(({ definition }) => ({
    kind: 'run.start' as const,
    started: runStarted(),
    definition,
  })),
);
