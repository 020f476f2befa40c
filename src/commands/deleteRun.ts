import { runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import { askModal, showMessage } from '../host/messages.ts';
import { plainTitle } from '../host/plainText.ts';
import type { RunAside } from '../host/runHistory.ts';
import type { ListedRun } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import { messageOf } from '../shared/thrown.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'history' | 'log'>;

/**
 * Deletes the results of a run and removes it from the list. If called from a view, it asks for confirmation and
 * offers to undo it. A run that cannot be deleted stays listed.
 */
export function deleteRun({ history, log }: Services): CommandHandler {
  return async (argument) => {
    const target = runTarget(argument);
    const run = history.listed(target?.runId);
    if (target?.interactive !== true) {
      await history.delete(run);
      return;
    }
    const name = nameOf(run);
    if (!(await confirmed(run, name))) return;
    const aside = await history.setAside(run);
    // Not awaited: the offer stays as long as the user leaves it there.
    if (aside !== undefined)
      void offerUndo(aside, name).catch((error: unknown) => log.error(error));
  };
}

async function confirmed(run: ListedRun, name: string): Promise<boolean> {
  const isRunning = !isListing(run) && run.state.state === 'running';
  const detail = isRunning
    ? 'The run is in progress and will be cancelled first. Its answers will be deleted.'
    : 'Its answers will be deleted.';
  return (await askModal(`Delete the ${name}?`, detail, ['Delete'])) === 'Delete';
}

async function offerUndo(aside: RunAside, name: string): Promise<void> {
  const undo = 'Undo';
  if ((await showMessage('information', `Deleted the ${name}.`, [undo])) !== undo) {
    await aside.remove();
    return;
  }
  try {
    await aside.restore();
  } catch (error) {
    throw new HostError(`The ${name} could not be brought back: ${messageOf(error)}`);
  }
}

function nameOf(run: ListedRun): string {
  const title = isListing(run) ? run.title : run.state.started.title;
  return title === '' ? 'unreadable run' : `run ${plainTitle(title)}`;
}
