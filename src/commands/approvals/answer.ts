import * as vscode from 'vscode';
import type { ApprovalRequest, Question } from '../../host/approvals.ts';
import { callWords } from '../../host/approvalWords.ts';
import { askText, pickOne } from '../../host/picks.ts';
import { exactText } from '../../shared/exactJson.ts';
import type { CommandHandler } from '../commandServices.ts';
import type { AskedCalls } from './askedCalls.ts';
import { askedCalls } from './askedCalls.ts';
import type { Settled, SettleServices } from './settle.ts';
import { settle } from './settle.ts';
import { openCalls } from './showCall.ts';

/** Longest answer, in UTF-16 units. */
const maxAnswer = 10_000;

/** Asks the user what the call it is called for asks, and gives the model the answers. */
export function answerQuestion(services: SettleServices): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument, 'answered');
    return asked && answerThese(services, asked);
  };
}

/** One question after another. When the user closes one of them, all of them keep waiting. */
export async function answerThese(
  services: SettleServices,
  { ids, first }: AskedCalls,
): Promise<Settled | undefined> {
  const { questions = [] } = first;
  const answers: string[] = [];
  for (const [at, question] of questions.entries()) {
    const title = questions.length === 1 ? 'Question' : `Question ${at + 1} of ${questions.length}`;
    const answer = await askOne(question, title, first);
    if (answer === undefined) return undefined;
    answers.push(answer);
  }
  const decision = { kind: 'answer', requests: ids, answers } as const;
  return await settle(services, { decision, title: `Answer ${callWords(first)}` });
}

interface ChoicePick extends vscode.QuickPickItem {
  /** Gives the answer; undefined when none was given. */
  readonly answer: () => Promise<string | undefined>;
}

/** The first entry of the list, which Enter would choose, answers nothing. */
async function askOne(
  { question, choices }: Question,
  title: string,
  request: ApprovalRequest,
): Promise<string | undefined> {
  if (choices === undefined) return await typeAnswer(question, title);
  const picked = await pickOne<ChoicePick>(
    [
      pick('open-preview', 'Show Question', 'answers nothing', async () => {
        await openCalls([request]);
        return undefined;
      }),
      ...choices.map((choice) => pick('comment', exactText(choice), '', async () => choice)),
      pick('edit', 'Other Answer…', '', () => typeAnswer(question, title)),
    ],
    `${title}: ${exactText(question)}`,
    'Choose an answer; Escape keeps it waiting',
  );
  return await picked?.answer();
}

function typeAnswer(question: string, title: string): Promise<string | undefined> {
  return askText({
    title,
    prompt: `${exactText(question)} (may be empty; Escape keeps it waiting)`,
    ignoreFocusOut: true,
    check: (text) => (text.length > maxAnswer ? `Use at most ${maxAnswer} characters.` : undefined),
  });
}

function pick(
  icon: string,
  label: string,
  description: string,
  answer: () => Promise<string | undefined>,
): ChoicePick {
  return { label, description, iconPath: new vscode.ThemeIcon(icon), answer };
}
