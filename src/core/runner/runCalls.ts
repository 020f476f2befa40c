import { createHash } from 'node:crypto';
import type { CallJournal } from '../agent/callRecords.ts';
import type { RunRecorder } from './runPlan.ts';

/** The conversation whose calls are recorded. */
export interface CallingConversation {
  readonly runId: string;
  readonly index: number;
  /** Model requests so far, of all executions: tells one execution from the next. */
  attempts(): number;
  /** Resolves when everything recorded so far is on the disk. */
  commit(): Promise<void>;
}

/** Records a conversation's calls that change something; undefined where nothing is recorded. */
export function createCallJournal(
  recorder: RunRecorder | undefined,
  conversation: CallingConversation,
): CallJournal | undefined {
  if (recorder?.beginCall === undefined) return undefined;
  const { runId, index } = conversation;
  return {
    begin: async (turn, { callId, name, input }) => {
      const what = JSON.stringify([runId, index, conversation.attempts(), turn, callId]);
      const idempotencyKey = createHash('sha256').update(what).digest('hex');
      recorder.beginCall?.({ conversation: index, turn, callId, name, input, idempotencyKey });
      await conversation.commit();
      return idempotencyKey;
    },
    end: (turn, { callId }, idempotencyKey, result) =>
      recorder.endCall?.({ conversation: index, turn, callId, idempotencyKey, result }),
  };
}
