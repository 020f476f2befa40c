import type { KeptEvent } from '../../../src/core/base/eventSchemas.ts';
import { allOf } from '../../../src/core/journal/record/firstRecords.ts';
import type {
  IntentRecord,
  JournalRecord,
  MessageRecord,
  StoredRecord,
} from '../../../src/core/journal/record/journalRecord.ts';
import { startRecords } from '../../../src/core/journal/runs/originMark.ts';
import type { Message } from '../../../src/core/providers/message.ts';
import type { RunStarted } from '../../../src/shared/conversationEvents.ts';

const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** A run of that many conversations. */
export function runStarted(conversations = 2, id = '01KAF1XYZ0ABCDEFGHJKMNPQRS'): RunStarted {
  return {
    type: 'run.started',
    id,
    number: 1,
    title: 'math.prompts.md',
    startedAt: '2026-11-20T12:00:00.000Z',
    simulated: false,
    agent: {
      name: 'interleave',
      provider: 'anthropic',
      model: 'claude-opus-5-5',
      tools: ['sum_numbers'],
      mode: 'concurrent',
      toolExecution: 'serial',
      concurrency: 'auto',
    },
    conversations: Array.from({ length: conversations }, (_, index) => ({
      id: `math.prompts.md#prompt-${index}`,
      name: `Prompt ${index}`,
      prompt: `What is ${index} + ${index}?`,
      provider: 'anthropic',
      model: 'claude-opus-5-5',
    })),
  };
}

export function startRecord(conversations?: number): JournalRecord {
  return { kind: 'run.start', started: runStarted(conversations), definition: { files: ['a'] } };
}

export function messageRecord(conversation: number, index: number, text: string): MessageRecord {
  return { kind: 'message', conversation, index, message: messageAt(index, text) };
}

function messageAt(index: number, text: string): Message {
  if (index === 0) return { role: 'user', text };
  const call = { callId: `call-${index}`, name: 'sum_numbers', input: { numbers: [1, 2] } };
  if (index % 2 === 1) {
    return { role: 'assistant', text, toolCalls: [call], native: [{ type: 'text', text }] };
  }
  const outcome = { callId: `call-${index - 1}`, name: 'sum_numbers', content: text };
  return { role: 'tool', outcomes: [{ ...outcome, isError: false }] };
}

export function eventRecord(event: KeptEvent): JournalRecord {
  return { kind: 'event', event };
}

/** The run of `wholeRun` with a record for each conversation, as version 3 has it. */
export function plannedRun(conversations: number, turns: number): readonly JournalRecord[] {
  const redact = (text: string): string => text;
  const first = allOf(startRecords(runStarted(conversations), { files: ['a'] }, { redact }));
  return [...first, ...wholeRun(conversations, turns).slice(1)];
}

/** The records of a whole run: every conversation has some turns with a tool call, and ends. */
export function wholeRun(conversations: number, turns: number): readonly JournalRecord[] {
  const records: JournalRecord[] = [startRecord(conversations)];
  let seq = 0;
  const add = (conversation: number, step: object): void => {
    seq++;
    const event = { ...step, seq, atMs: seq * 10, conversation } as unknown as KeptEvent;
    records.push({ kind: 'event', event });
  };
  for (let index = 0; index < conversations; index++) {
    add(index, { type: 'conversation.started' });
    records.push(messageRecord(index, 0, `What is ${index} + ${index}?`));
  }
  for (let turn = 1; turn <= turns; turn++) {
    for (let index = 0; index < conversations; index++) {
      const call = { callId: `call-${turn * 2 - 1}`, name: 'sum_numbers', input: { n: [1, 2] } };
      add(index, { type: 'turn.started', turn, attempt: 1 });
      records.push(messageRecord(index, turn * 2 - 1, `turn ${turn} of ${index}`));
      add(index, { type: 'turn.finished', turn, text: 'so', toolCalls: [call], usage });
      add(index, { type: 'tool.started', turn, ...call });
      add(index, { type: 'tool.finished', turn, ...call, output: '3', isError: false });
      records.push(messageRecord(index, turn * 2, '3'));
    }
  }
  for (let index = 0; index < conversations; index++) {
    const ending = { status: 'done', reason: 'final', answer: `answer ${index}` };
    add(index, { type: 'conversation.finished', ...ending });
  }
  seq++;
  records.push(eventRecord({ type: 'run.finished', state: 'finished', seq, atMs: seq * 10 }));
  return records;
}

/** Tool calls that were about to be made and of whose outcome no record tells, oldest first. */
export function openIntents(records: readonly StoredRecord[]): readonly IntentRecord[] {
  const open = new Map<string, IntentRecord>();
  for (const { record } of records) {
    if (record.kind === 'intent') open.set(record.idempotencyKey, record);
    if (record.kind === 'outcome') open.delete(record.idempotencyKey);
  }
  return [...open.values()];
}

/** A tool call that changes something, about to be made. */
export function intent(key: string, effect: 'read' | 'change' = 'change'): JournalRecord {
  const call = { conversation: 0, callId: `call-${key}`, name: 'send_mail', argsHash: 'a1b2' };
  return { kind: 'intent', ...call, effect, idempotencyKey: key };
}

export function outcome(
  key: string,
  result: 'done' | 'failed' | 'skipped' = 'done',
): JournalRecord {
  return { kind: 'outcome', conversation: 0, callId: `call-${key}`, idempotencyKey: key, result };
}
