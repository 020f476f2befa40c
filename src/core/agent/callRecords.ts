import type { KnownCall } from '../../shared/lastTurn.ts';
import { isChange } from '../base/toolEffect.ts';
import type { ToolCall } from '../providers/message.ts';
import type { Tool } from '../tools/tool.ts';
import type { ToolCallResult } from '../tools/toolResult.ts';

/** Records tool calls with the effect `change`, so that none is made twice. */
export interface CallJournal {
  /** Records the start of a call. Resolves with its idempotency key when the record is on disk. */
  begin(turn: number, call: ToolCall): Promise<string>;
  /** Records that the tool has ended. */
  end(turn: number, call: ToolCall, key: string, result: 'done' | 'failed'): void;
}

/** Wraps a tool so that each call is recorded before and after it runs. */
export function recordedTool(
  tool: Tool,
  at: { readonly turn: number; readonly call: ToolCall },
  journal: CallJournal,
): Tool {
  const { turn, call } = at;
  return {
    ...tool,
    execute: async (input, context) => {
      const idempotencyKey = await journal.begin(turn, call);
      // The call may have timed out meanwhile, and must not run then.
      context.signal.throwIfAborted();
      try {
        const result = await tool.execute(input, { ...context, idempotencyKey });
        journal.end(turn, call, idempotencyKey, 'done');
        return result;
      } catch (thrown) {
        journal.end(turn, call, idempotencyKey, 'failed');
        throw thrown;
      }
    },
  };
}

/** The outcome of a call that an earlier process started; undefined for a call to run now. */
export function outcomeOfKnown(
  call: ToolCall,
  known: KnownCall | undefined,
  effect: Tool['effect'] | undefined,
): ToolCallResult | undefined {
  if (known === undefined || known.kind === 'ended') return undefined;
  if (known.kind === 'begun') return outcomeOfBegun(call, known.result);
  return effect !== undefined && isChange(effect) ? outcomeOfBegun(call) : undefined;
}

/** The outcome for the model of a call that must not be repeated. */
function outcomeOfBegun({ callId, name }: ToolCall, result?: 'done' | 'failed'): ToolCallResult {
  return { callId, name, content: begunTexts[result ?? 'unknown'], isError: true, wasRun: true };
}

const begunTexts = {
  unknown:
    'The outcome of this call is unknown: it was begun, and then the program was interrupted, so it may or may not have taken effect. It was not made again. Find out before you rely on it or repeat it.',
  done: 'This call was made and succeeded, but what it gave was lost when the program was interrupted. It was not made again.',
  failed:
    'This call was made and failed, but what it said was lost when the program was interrupted. It was not made again.',
} as const;
