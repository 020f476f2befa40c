import { runTarget } from '../host/commandTargets.ts';
import { askModal } from '../host/messages.ts';
import { plainTitle } from '../host/plainText.ts';
import type { ListedRun } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

/**
 * Deletes the results of a run and removes it from the list. Asks for confirmation if called from a view. A run
 * that cannot be deleted stays listed.
 */
export function deleteRun({ history }: Pick<CommandServices, 'history'>): CommandHandler {
  return async (argument) => {
    const target = runTarget(argument);
    const run = history.listed(target?.runId);
    const asks = target?.interactive === true;
    if (asks && !(await confirmed(run))) return;
    await history.delete(run);
  };
}

async function confirmed(run: ListedRun): Promise<boolean> {
  const title = isListing(run) ? run.title : run.state.started.title;
  const isRunning = !isListing(run) && run.state.state === 'running';
  const what = title === '' ? 'unreadable run' : `run ${plainTitle(title)}`;
  const detail = isRunning
    ? 'The run is in progress and will be cancelled first. Its answers will be permanently deleted.'
    : 'Its answers will be permanently deleted.';
  return (await askModal(`Delete the ${what}?`, detail, ['Delete'])) === 'Delete';
}
