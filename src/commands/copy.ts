import { copyToClipboard } from '../host/clipboard.ts';
import { HostError } from '../host/hostError.ts';
import { flashStatus } from '../host/messages.ts';
import { answerToKeep } from '../shared/conversationState.ts';
import { answered, done } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { conversationOf, runOf } from './runOf.ts';

/** Copies the answer of a conversation as Markdown; where there is none, its error. */
export function copyAnswer(services: Pick<CommandServices, 'history'>): CommandHandler {
  return async (argument) => {
    const { conversation } = await conversationOf(services, argument);
    const answer = answerToKeep(conversation) || conversation.partial;
    const { error } = conversation;
    const isError = answer === '' && error !== undefined;
    if (answer === '' && !isError) throw new HostError('This conversation has no answer yet.');
    const copied = await copyToClipboard(isError ? error.message : answer);
    flashStatus('check', isError ? 'Error copied' : 'Answer copied', 2_000);
    const message = isError ? `There is no answer. ${copied} of the error` : copied;
    return answered(argument, done(message), () => undefined);
  };
}

/** Copies all answers of a run as one Markdown report, in prompt order. */
export function copyAll(services: Pick<CommandServices, 'history' | 'engine'>): CommandHandler {
  return async (argument) => {
    const run = await runOf(services, argument);
    const report = (await services.engine.get()).toMarkdown(run.result(), run.state.started.title);
    const copied = await copyToClipboard(report);
    flashStatus('check', 'Results copied as Markdown', 2_000);
    return answered(argument, done(copied), () => undefined);
  };
}
