import * as vscode from 'vscode';
import type { ApprovalRequest, Question, QuestionAnswer } from '../../host/approvals.ts';
import { callWords } from '../../host/approvalWords.ts';
import { askText, pickMany, pickOne } from '../../host/picks.ts';
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
  const answers: QuestionAnswer[] = [];
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
  { question, choices, multiple }: Question,
  title: string,
  request: ApprovalRequest,
): Promise<QuestionAnswer | undefined> {
  if (choices === undefined) return await typeAnswer(question, title);
  if (multiple === true) return await chooseSeveral({ question, choices }, title);
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

/** Enter without a check mark answers nothing. */
async function chooseSeveral(
  { question, choices }: Required<Pick<Question, 'question' | 'choices'>>,
  title: string,
): Promise<readonly string[] | undefined> {
  const given = choices.map((choice) => ({ label: exactText(choice), choice }));
  const other = { label: 'Other Answer…', description: 'typed next' };
  const none = { label: 'None of These', description: 'alone' };
  const picked = await pickMany<SeveralPick>(
    [...given, other, none],
    `${title}: ${exactText(question)}`,
    'Check all that apply, then press Enter; Escape keeps it waiting',
  );
  if (picked === undefined || picked.length === 0) return undefined;
  const taken = picked.flatMap(({ choice }) => (choice === undefined ? [] : [choice]));
  if (!picked.some(({ label, choice }) => choice === undefined && label === other.label)) {
    return taken;
  }
  const typed = await typeAnswer(question, title);
  return typed === undefined ? undefined : [...taken, typed];
}

/** An entry without a choice is another answer, or none. */
interface SeveralPick extends vscode.QuickPickItem {
  readonly choice?: string;
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
