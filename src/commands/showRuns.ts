import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'scope'>;

/** Has the Runs view show the kept runs of all folders. */
export function showAllRuns({ scope }: Services): CommandHandler {
  return () => scope.show('all');
}

/** Has the Runs view show only the runs of this window's folders. */
export function showOwnRuns({ scope }: Services): CommandHandler {
  return () => scope.show('own');
}
