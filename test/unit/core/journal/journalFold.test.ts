import { describe, expect, it } from 'vitest';
import { JournalFold } from '../../../../src/core/journal/read/journalFold.ts';
import type {
  EventRecord,
  FinishedTurnRecord,
  JournalRecord,
  MessageRecord,
} from '../../../../src/core/journal/record/journalRecord.ts';
import { noUsage } from '../../../../src/shared/usage.ts';
import { messageRecord, startRecord } from '../../../support/journal/journalRecords.ts';
import { runId } from '../../../support/journal/testEnvironment.ts';

const message = (index: number, text: string) => messageRecord(0, index, text);

/** The record of a complete turn, which asks for a tool call. */
function turn(number: number, text: string): FinishedTurnRecord {
  const index = 2 * number - 1;
  const asked = message(index, text).message;
  if (asked.role !== 'assistant') throw new Error('It is no answer.');
  const at = { conversation: 0, seq: 10 * number, atMs: 10 * number };
  return {
    ...{ kind: 'turn', conversation: 0, index, message: asked },
    event: {
      ...{ type: 'turn.finished', turn: number, text, toolCalls: asked.toolCalls },
      ...{ usage: noUsage, ...at },
    },
  };
}

/** The end of that turn's tool call. */
function toolEnded(number: number, output: string): EventRecord {
  const callId = `call-${2 * number - 1}`;
  const at = { conversation: 0, seq: 10 * number + 1, atMs: 10 * number + 1 };
  return {
    kind: 'event',
    event: {
      ...{ type: 'tool.finished', turn: number, callId, name: 'sum_numbers', output },
      ...{ isError: false, ...at },
    },
  };
}

function foldOf(...records: readonly JournalRecord[]): JournalFold {
  const fold = new JournalFold(runId);
  for (const record of records) fold.add(record);
  return fold;
}

const withoutText = (record: MessageRecord, more: Partial<MessageRecord>): MessageRecord => ({
  ...record,
  ...more,
});

describe('a record without its text', () => {
  const prompt = withoutText(message(0, ''), { isPrompt: true });

  it('gets the prompt of its conversation', () => {
    expect(foldOf(startRecord(1)).complete(prompt)).toMatchObject({
      message: { role: 'user', text: 'What is 0 + 0?' },
    });
    expect(foldOf().complete(prompt)).toBeUndefined();
  });

  it('gets the output of the call of its turn, or is lost with it', () => {
    const fold = foldOf(startRecord(1), message(0, 'x'), turn(1, 'I add.'), toolEnded(1, '3'));
    const outputs = withoutText(message(2, ''), { outputs: ['call-1'] });
    expect(fold.complete(outputs)).toMatchObject({ message: { outcomes: [{ content: '3' }] } });
    const lost = withoutText(message(2, ''), { outputs: ['call-7'] });
    expect(fold.complete(lost)).toBeUndefined();
  });

  it('gets the answer of its turn, or is lost with it', () => {
    const fold = foldOf(startRecord(1), turn(1, 'One.'), turn(2, 'Two.'));
    const end = (answerTurn: number): EventRecord => ({
      ...{ kind: 'event', answerTurn },
      event: {
        ...{ type: 'conversation.finished', status: 'done', reason: 'final', answer: '' },
        ...{ conversation: 0, seq: 99, atMs: 99 },
      },
    });
    expect(fold.complete(end(1))).toMatchObject({ event: { answer: 'One.' } });
    expect(fold.complete(end(3))).toBeUndefined();
  });

  it('is left as it is when it has one', () => {
    const whole = message(0, 'x');
    expect(foldOf(startRecord(1)).complete(whole)).toBe(whole);
  });
});

describe('the messages of a conversation', () => {
  it('are incomplete where those of a turn are missing', () => {
    const turns = [turn(1, 'One.'), turn(2, 'Two.'), turn(3, 'Three.')];
    const all = foldOf(startRecord(1), message(0, 'x'), turns[0]!, message(2, '3'), turns[1]!);
    expect(all.incomplete).toEqual(new Set());
    const gap = foldOf(startRecord(1), message(0, 'x'), turns[0]!, message(2, '3'), turns[2]!);
    expect(gap.incomplete).toEqual(new Set([0]));
    expect(gap.messages.get(0)).toHaveLength(3);
  });
});

describe('a run whose first record is lost', () => {
  it('has the conversations that its records name, and learns their prompts from messages', () => {
    const fold = foldOf(messageRecord(1, 0, 'What is it?'));
    expect(fold.state?.conversations.map(({ id, name, prompt }) => [id, name, prompt])).toEqual([
      ['#prompt-1', 'Prompt 1', ''],
      ['#prompt-2', 'Prompt 2', 'What is it?'],
    ]);
    expect(fold.state?.counts).toMatchObject({ queued: 2 });
    expect(fold.state?.conversations[1]).toMatchObject({ lost: true });
  });
});
