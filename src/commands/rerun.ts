import { runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import { askModal } from '../host/messages.ts';
import { plainTitle } from '../host/plainText.ts';
import type { HostRun, ListedRun } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import type { ConversationPhase } from '../shared/conversationState.ts';
import { canContinue, hasEnded } from '../shared/conversationState.ts';
import { plural } from '../shared/quantities.ts';
import { answered, declined, done } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { conversationOf, runOf } from './runOf.ts';

type Services = Pick<CommandServices, 'history'>;

/** Reruns the failed and stopped conversations of a run, in place. */
export function rerunFailed(services: Services): CommandHandler {
  return rerunPhases(services, ['failed', 'stopped'], 'No conversation of this run failed.');
}

/** Runs the cancelled conversations of a run, in place. */
export function runRemaining(services: Services): CommandHandler {
  return rerunPhases(services, ['cancelled'], 'No conversation of this run was cancelled.');
}

/**
 * Reruns one ended conversation from its prompt. If it has a final answer, a call from a view asks for confirmation.
 * The answer is kept until there is a new one.
 */
export function retryConversation(services: Services): CommandHandler {
  const retry = withConversation(services, 'Running again', (run, conversation) =>
    run.rerun([conversation]),
  );
  return async (argument) => {
    const { conversation } = await conversationOf(services, argument);
    if (!hasEnded(conversation)) throw new HostError(notEnded);
    const { name, phase } = conversation;
    const asks = runTarget(argument)?.interactive === true && phase === 'done';
    if (!asks || (await wantsNewAnswer(name))) return retry(argument);
    return answered(argument, declined, () => undefined);
  };
}

const notEnded = 'This conversation has not ended. Cancel it first, or wait for its end.';

async function wantsNewAnswer(name: string): Promise<boolean> {
  const choice = await askModal(
    `Run ${plainTitle(name)} again?`,
    'This conversation has an answer. A new answer costs again. The current answer is kept until the new one is complete.',
    ['Run Again'],
  );
  return choice === 'Run Again';
}

/** Continues one conversation that ended early, from its last complete turn. */
export function continueConversation(services: Services): CommandHandler {
  return withConversation(services, 'Continuing', (run, conversation) => {
    const state = run.state.conversations[conversation];
    if (state === undefined || !canContinue(state)) {
      throw new HostError('This conversation cannot continue. Retry it instead.');
    }
    run.continue([conversation]);
  });
}

function withConversation(
  services: Services,
  message: string,
  act: (run: HostRun, conversation: number) => void,
): CommandHandler {
  return async (argument) => {
    const { run: listed, conversation } = await conversationOf(services, argument);
    const run = await services.history.restore(listed);
    act(run, conversation.index);
    return answered(argument, done(message), () => run.ended());
  };
}

/**
 * Resumes a run that is paused (for example because of a refused key) or was interrupted when its window closed.
 * Every conversation continues from its last complete turn.
 */
export function resumeRun(
  services: Services & Pick<CommandServices, 'runs' | 'scope' | 'results'>,
): CommandHandler {
  const { runs, scope, history, results } = services;
  return async (argument) => {
    const { runId = runs.listed.find((listed) => scope.isOwn(listed) && isResumable(listed))?.id } =
      runTarget(argument) ?? {};
    const run = runId === undefined ? undefined : await history.open(runId);
    const mayGoOn = run !== undefined && (isResumable(run) || run.isReadOnly === true);
    if (!mayGoOn) throw new HostError('There is no run to resume.');
    const live = await history.restore(run);
    if (live.state.paused !== undefined) live.resume();
    else live.resumeInterrupted();
    results.show({ runId: live.id });
    return answered(argument, done('Resuming the run'), () => live.ended());
  };
}

function isResumable(run: ListedRun): boolean {
  if (isListing(run)) return run.state === 'interrupted';
  const { state, isReadOnly } = run;
  if (isReadOnly === true) return false;
  if (state.paused !== undefined) return true;
  const goesOn = state.state === 'running';
  return !goesOn && state.conversations.some(({ reason }) => reason === 'interrupted');
}

/** Starts the last run again as a new run, with the prompts as they were then. */
export function rerunLast({
  lastRun,
  launcher,
  requests,
}: Pick<CommandServices, 'lastRun' | 'launcher' | 'requests'>): CommandHandler {
  return async () => {
    const request = await lastRun.request();
    if (request === undefined) {
      throw new HostError(
        'There is no last run. Nothing has run in this workspace, or the run was deleted.',
      );
    }
    return launcher.run(requests.again(request));
  };
}

function rerunPhases(
  services: Services,
  phases: readonly ConversationPhase[],
  nothing: string,
): CommandHandler {
  return async (argument) => {
    const run = await services.history.restore(await runOf(services, argument));
    const again = run.state.conversations
      .filter(({ phase }) => phases.includes(phase))
      .map(({ index }) => index);
    if (again.length === 0) throw new HostError(nothing);
    run.rerun(again);
    const message = `Running ${plural(again.length, 'conversation')} again`;
    return answered(argument, done(message), () => run.ended());
  };
}
