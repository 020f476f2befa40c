import { conversationTarget } from '../host/commandTargets.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Shows the results of a run, at one conversation if it was called for one. */
export function openResults({
  runs,
  results,
}: Pick<CommandServices, 'runs' | 'results'>): CommandHandler {
  return (argument) => {
    const runId = runOf(runs, argument).id;
    const conversation = conversationTarget(argument)?.conversation;
    results.show({ runId, ...(conversation === undefined ? {} : { conversation }) });
  };
}
