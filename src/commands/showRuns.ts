import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'scope'>;

/** Shows the saved runs of all folders in the Runs view. */
export function showAllRuns({ scope }: Services): CommandHandler {
  return () => scope.show('all');
}

/** Shows only the runs of this window's folders in the Runs view. */
export function showOwnRuns({ scope }: Services): CommandHandler {
  return () => scope.show('own');
}
