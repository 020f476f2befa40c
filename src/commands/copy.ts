import { copyToClipboard } from '../host/clipboard.ts';
import { conversationTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import { flashStatus } from '../host/messages.ts';
import { answerToKeep } from '../shared/conversationState.ts';
import { answered, done } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Copies one conversation's answer as Markdown. */
export function copyAnswer({ runs }: Pick<CommandServices, 'runs'>): CommandHandler {
  return async (argument) => {
    const target = conversationTarget(argument);
    const conversation = target && runOf(runs, target).state.conversations[target.conversation];
    if (conversation === undefined)
      throw new HostError('Choose the conversation in the Runs view.');
    const answer = answerToKeep(conversation) || conversation.partial;
    if (answer === '') throw new HostError('This conversation has no answer yet.');
    const copied = await copyToClipboard(answer);
    flashStatus('check', 'Answer copied', 2_000);
    return answered(argument, done(copied), () => undefined);
  };
}

/** Copies all answers of a run as one Markdown report, in prompt order. */
export function copyAll({
  runs,
  engine,
}: Pick<CommandServices, 'runs' | 'engine'>): CommandHandler {
  return async (argument) => {
    const run = runOf(runs, argument);
    const report = (await engine.get()).toMarkdown(run.result(), run.state.started.title);
    const copied = await copyToClipboard(report);
    flashStatus('check', 'Results copied as Markdown', 2_000);
    return answered(argument, done(copied), () => undefined);
  };
}
