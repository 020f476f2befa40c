import { conversationTarget, runTarget } from '../../host/commandTargets.ts';
import { answered, done } from '../answered.ts';
import type { CommandHandler, CommandServices } from '../commandServices.ts';

/** Shows the *Approvals* view, at the run or conversation it is called for. */
export function reviewApprovals({ approvals }: Pick<CommandServices, 'approvals'>): CommandHandler {
  return (argument) => {
    const { runId } = runTarget(argument) ?? {};
    const conversation = conversationTarget(argument)?.conversation;
    approvals.show({
      ...(runId === undefined ? {} : { runId }),
      ...(conversation === undefined ? {} : { conversation }),
    });
    return answered(argument, done('The Approvals view is open'), () => undefined);
  };
}
