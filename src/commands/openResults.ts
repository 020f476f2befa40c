import { conversationTarget } from '../host/commandTargets.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Shows the results of a run. Reveals a conversation if the argument names one. */
export function openResults(
  services: Pick<CommandServices, 'history' | 'results'>,
): CommandHandler {
  return async (argument) => {
    const { id: runId } = await runOf(services, argument);
    const conversation = conversationTarget(argument)?.conversation;
    services.results.show({ runId, ...(conversation === undefined ? {} : { conversation }) });
  };
}
