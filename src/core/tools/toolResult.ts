import type { CallDecision } from '../../shared/callDecision.ts';
import type { ToolOutcome } from '../providers/message.ts';

/** How a tool call ended. */
export interface ToolEnding {
  /** Text for the model. */
  readonly content: string;
  readonly isError: boolean;
  /** False when the call could not be run at all: unknown tool, unreadable or wrong input, denied. */
  readonly wasRun: boolean;
  /** What decided that it was not run. */
  readonly decision?: CallDecision;
  /** The user ended the conversation with it. */
  readonly ends?: true;
}

/** The result of a tool call for the model and the run. */
export interface ToolCallResult extends ToolOutcome, ToolEnding {
  /** The full result, when it was shortened for the model. */
  readonly whole?: string;
  /** Size of the full result in bytes; `whole` may be shortened, too. */
  readonly wholeBytes?: number;
}

/** A tool ran and failed, or was stopped. */
export function failure(content: string): ToolEnding {
  return { content, isError: true, wasRun: true };
}

/** The call was rejected before a tool ran. */
export function rejection(content: string): ToolEnding {
  return { content, isError: true, wasRun: false };
}

/** The conversation ended during the call. */
export const cancelled: ToolEnding = failure(
  'Cancelled: the conversation was stopped before the tool ended.',
);

/** The conversation ended before the call started. */
export const notBegun: ToolEnding = rejection('Not run: the conversation was ended.');
