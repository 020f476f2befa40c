import { conversationTarget, runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import type { HostRun } from '../host/runService.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import type { CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'history'>;

/**
 * The run that a command's argument names, else the newest run of the window. Opens a saved run. Rejects with a
 * `UserError` when there is none or it cannot be opened.
 */
export async function runOf({ history }: Services, argument: unknown): Promise<HostRun> {
  return await history.open(runTarget(argument)?.runId);
}

/** The conversation that a command's argument names, with its run. Rejects with a `HostError` without one. */
export async function conversationOf(
  services: Services,
  argument: unknown,
): Promise<{ readonly run: HostRun; readonly conversation: ConversationState }> {
  const target = conversationTarget(argument);
  const run = target && (await runOf(services, target));
  const conversation = target && run?.state.conversations[target.conversation];
  if (run === undefined || conversation === undefined) {
    throw new HostError('Select a conversation in the Runs view.');
  }
  return { run, conversation };
}
