import { noticeTarget } from '../host/commandTargets.ts';
import { pickOne } from '../host/picks.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

/**
 * Answers a question that waits for the user. The argument names it and may have the choice; without one, the user
 * picks it.
 */
export function answerNotice({ notices }: Pick<CommandServices, 'notices'>): CommandHandler {
  return async (argument) => {
    const { id, choice } = noticeTarget(argument) ?? {};
    const notice = notices.all.find((one) => one.id === id);
    if (notice === undefined) return;
    if (choice !== undefined) {
      notices.answer(notice.id, choice === dismiss ? undefined : choice);
      return;
    }
    const picks = [...notice.choices, dismiss].map((label) => ({ label }));
    const picked = (await pickOne(picks, notice.text))?.label;
    if (picked !== undefined) notices.answer(notice.id, picked === dismiss ? undefined : picked);
  };
}

const dismiss = 'Dismiss';
