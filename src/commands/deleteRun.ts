import { runTarget } from '../host/commandTargets.ts';
import { askModal } from '../host/messages.ts';
import { plainText } from '../host/plainText.ts';
import type { ListedRun } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

/** Longest title in the question, in UTF-16 units. */
const maxTitle = 120;

/**
 * Deletes the results of a run and takes it off the list, after a person who asked for it in a view has
 * confirmed it. A run that cannot be deleted stays listed.
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
  const what = title === '' ? 'run, which cannot be read' : `run ${plainText(title, maxTitle)}`;
  const detail = isRunning
    ? 'It is under way and is cancelled first. Its answers are deleted for good.'
    : 'Its answers are deleted for good.';
  return (await askModal(`Delete the ${what}?`, detail, ['Delete'])) === 'Delete';
}
