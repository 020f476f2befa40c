import type * as vscode from 'vscode';
import { runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import { pickOne } from '../host/picks.ts';
import type { HostRun, RunService } from '../host/runService.ts';
import { hasEnded } from '../shared/conversationState.ts';
import { plural } from '../shared/quantities.ts';
import { answered, done, refused } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { conversationOf, runOf } from './runOf.ts';

type Services = Pick<CommandServices, 'runs' | 'history' | 'results'>;

/**
 * Cancels the run that the argument names. Without one, cancels the run in progress; of several, the one whose
 * results are in front, else the one that the user picks. Existing answers are kept.
 */
export function cancelRun(services: Services): CommandHandler {
  return async (argument) => {
    const named = runTarget(argument) !== undefined;
    const run = named ? await runOf(services, argument) : await pickRunning(services);
    const isOver = run?.state.state !== 'running';
    run?.cancel();
    const answer = isOver ? refused('This run is not running.') : done('Cancelling the run');
    return answered(argument, answer, () => undefined);
  };
}

/** Cancels all runs in progress. Existing answers are kept. */
export function cancelAllRuns({ runs }: Pick<Services, 'runs'>): CommandHandler {
  return () => {
    for (const run of running(runs)) run.cancel();
  };
}

/** Cancels one conversation. The others continue. */
export function cancelConversation(services: Pick<Services, 'history'>): CommandHandler {
  return async (argument) => {
    const { run, conversation } = await conversationOf(services, argument);
    const isOver = hasEnded(conversation);
    run.cancelConversation(conversation.index);
    const answer = isOver
      ? refused('This conversation has already ended.')
      : done('Cancelling the conversation');
    return answered(argument, answer, () => undefined);
  };
}

interface RunPick extends vscode.QuickPickItem {
  readonly run: HostRun;
}

async function pickRunning({ runs, results }: Services): Promise<HostRun | undefined> {
  const [first, ...others] = running(runs);
  const front = running(runs).find(({ id }) => id === results.inFront);
  if (front !== undefined) return front;
  if (first === undefined) throw new HostError('No run is in progress.');
  if (others.length === 0) return first;
  return (await pickOne([first, ...others].map(toPick), 'Cancel Run'))?.run;
}

function toPick(run: HostRun): RunPick {
  const { started, conversations, counts } = run.state;
  const ended = counts.done + counts.failed + counts.stopped + counts.cancelled;
  const description = `run ${started.number}, ${ended} of ${plural(conversations.length, 'conversation')} ended`;
  return { label: started.title, description, run };
}

function running({ runs }: RunService): readonly HostRun[] {
  return runs.filter(({ state }) => state.state === 'running');
}
