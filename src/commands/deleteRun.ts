import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Takes a run off the list and deletes its results. */
export function deleteRun({
  runs,
  history,
}: Pick<CommandServices, 'runs' | 'history'>): CommandHandler {
  return (argument) => history.delete(runOf(runs, argument));
}
