import { setTimeout as sleep } from 'node:timers/promises';
import { runCall, type WorkCall } from '../workload/workload.ts';
import type { Outcome, Recorder, Trial } from './trial.ts';

/** Runs the conversation of a prompt to its answer; rejects when it fails. */
export type Conversation = (prompt: string, recorder: Recorder) => Promise<string>;

/** Creates what all conversations of a trial share, such as a client. */
export type ConversationMaker = (trial: Trial) => Conversation;

/** More than the turns of any conversation in a workload. */
export const maxTurns = 1_000;

/** Runs a tool for contenders without tools of their own. */
export function runTool(name: string, input: unknown, recorder: Recorder): string {
  recorder.toolRan();
  return runCall({ name: name as WorkCall['name'], ...(input as Pick<WorkCall, 'numbers'>) });
}

/** Waits for as long as the tool calls of a turn take, for contenders without tools of their own. */
export async function waitForTools({ toolMs = 0 }: Trial): Promise<void> {
  if (toolMs > 0) await sleep(toolMs);
}

/** The outcome of a conversation. */
export async function outcomeOf(answer: Promise<string>): Promise<Outcome> {
  try {
    return { answer: await answer };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
