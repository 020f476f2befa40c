import { runCall, type WorkCall } from '../workload/workload.ts';
import type { Outcome, Recorder, Trial } from './trial.ts';

/** Runs the conversation of a prompt to its answer; rejects when it fails. */
export type Conversation = (prompt: string, recorder: Recorder) => Promise<string>;

/** Makes what all conversations of a trial share, such as a client. */
export type ConversationMaker = (trial: Trial) => Conversation;

/** More turns than any conversation of the workload has. */
export const mostTurns = 10;

/** Runs a tool for a contender that has no tools of its own. */
export function runTool(name: string, input: unknown, recorder: Recorder): string {
  recorder.toolRan();
  return runCall({ name: name as WorkCall['name'], ...(input as Pick<WorkCall, 'numbers'>) });
}

/** How a conversation ended, as an outcome. */
export async function outcomeOf(answer: Promise<string>): Promise<Outcome> {
  try {
    return { answer: await answer };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
