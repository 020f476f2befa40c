import { conversationTarget, runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

type Services = Pick<CommandServices, 'runs'>;

/** Cancels a run; called without one, every run that is under way. Answers that are there stay. */
export function cancelRun({ runs }: Services): CommandHandler {
  return (argument) => {
    const running = runs.runs.filter(({ state }) => state.state === 'running');
    const chosen = runTarget(argument) === undefined ? running : [runOf(runs, argument)];
    for (const run of chosen) run.cancel();
  };
}

/** Cancels one conversation; the others go on. */
export function cancelConversation({ runs }: Services): CommandHandler {
  return (argument) => {
    const target = conversationTarget(argument);
    if (target === undefined) throw new HostError('Choose the conversation in the Runs view.');
    runOf(runs, target).cancelConversation(target.conversation);
  };
}
