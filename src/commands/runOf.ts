import { conversationTarget, runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import type { HostRun } from '../host/runService.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import type { CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'history'>;

/**
 * The run a command was called for, or the newest one of the window when it was called without. A kept run
 * is opened for it.
 */
export async function runOf({ history }: Services, argument: unknown): Promise<HostRun> {
  return await history.open(runTarget(argument)?.runId);
}

/** The conversation a command was called for, with its run. */
export async function conversationOf(
  services: Services,
  argument: unknown,
): Promise<{ readonly run: HostRun; readonly conversation: ConversationState }> {
  const target = conversationTarget(argument);
  const run = target && (await runOf(services, target));
  const conversation = target && run?.state.conversations[target.conversation];
  if (run === undefined || conversation === undefined) {
    throw new HostError('Choose the conversation in the Runs view.');
  }
  return { run, conversation };
}
