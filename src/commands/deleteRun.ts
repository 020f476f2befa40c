import { runTarget } from '../host/commandTargets.ts';
import { askModal } from '../host/messages.ts';
import { plainText } from '../host/plainText.ts';
import type { HostRun } from '../host/runService.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Longest title in the question, in UTF-16 units. */
const maxTitle = 120;

/**
 * Deletes the results of a run and takes it off the list, after a person who asked for it in a view has
 * confirmed it. A run that cannot be deleted stays listed.
 */
export function deleteRun({
  runs,
  history,
}: Pick<CommandServices, 'runs' | 'history'>): CommandHandler {
  return async (argument) => {
    const run = runOf(runs, argument);
    const asks = runTarget(argument)?.interactive === true;
    if (asks && !(await confirmed(run))) return;
    await history.delete(run);
  };
}

async function confirmed({ state }: HostRun): Promise<boolean> {
  const title = plainText(state.started.title, maxTitle);
  const isRunning = state.state === 'running';
  const detail = isRunning
    ? 'It is under way and is cancelled first. Its answers are deleted for good.'
    : 'Its answers are deleted for good.';
  return (await askModal(`Delete the run ${title}?`, detail, ['Delete'])) === 'Delete';
}
