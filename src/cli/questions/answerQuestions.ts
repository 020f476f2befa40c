import type {
  ApprovalRequest,
  QuestionAnswer,
} from '../../core/approvals/inbox/approvalRequest.ts';
import type { Inbox } from '../../core/approvals/inbox/inbox.ts';
import type { Disposable } from '../../core/base/emitter.ts';
import type { RunState } from '../../shared/runState.ts';
import type { RunCommandServices } from '../runServices.ts';
import { answerIn, askerLine, equalText, questionText } from './questionText.ts';

/** What the model is told of a question that the user refuses. */
const refused = 'They gave no answer. Decide yourself, and say in your answer what you assumed.';

/** Whom questions come from, and who answers them. */
interface Surroundings {
  readonly inbox: Inbox;
  readonly state: Pick<RunState, 'conversations'>;
  readonly prompt: NonNullable<RunCommandServices['prompt']>;
  readonly services: Pick<RunCommandServices, 'terminal' | 'redactor'>;
}

/**
 * Asks the user at the terminal what conversations ask, one question at a time, in the order in which they came. An
 * answer may count for all conversations that ask the same. Without a terminal, nothing: questions are then denied as
 * they come.
 */
export function answerQuestions(
  inbox: Inbox,
  state: Pick<RunState, 'conversations'>,
  services: Pick<RunCommandServices, 'prompt' | 'terminal' | 'redactor'>,
): Disposable {
  const { prompt } = services;
  if (prompt === undefined) return { dispose: () => undefined };
  const surroundings = { inbox, state, prompt, services };
  const over = new AbortController();
  let isBusy = false;
  const askAll = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    // Looked for only between questions: thousands may wait.
    while (!over.signal.aborted && inbox.questions > 0) {
      const request = inbox.requests().find(({ questions }) => questions !== undefined);
      if (request === undefined) break;
      await settle(request, over.signal, surroundings);
    }
    isBusy = false;
  };
  const subscription = inbox.onDidChange(() => void askAll());
  void askAll();
  return {
    dispose: () => {
      subscription.dispose();
      over.abort();
    },
  };
}

async function settle(
  request: ApprovalRequest,
  end: AbortSignal,
  surroundings: Surroundings,
): Promise<void> {
  const { inbox, services } = surroundings;
  const gone = new AbortController();
  const watch = inbox.onDidChange(() => {
    if (!inbox.has(request.id)) gone.abort();
  });
  try {
    const signal = AbortSignal.any([gone.signal, end]);
    const answers = await ask(request, signal, surroundings);
    const more = answers === undefined ? [] : await equalOnes(request, signal, surroundings);
    if (signal.aborted) return;
    const requests = [request.id, ...more];
    const { refused: why } = await inbox.decide(
      answers === undefined
        ? { kind: 'deny', requests, reason: refused }
        : { kind: 'answer', requests, answers },
    );
    const [first] = why;
    if (first !== undefined) services.terminal.err(`${first.message}\n`);
  } finally {
    watch.dispose();
  }
}

/** Undefined when the user refuses, or the question does not wait any more. */
async function ask(
  { conversation, questions = [] }: ApprovalRequest,
  signal: AbortSignal,
  { inbox, state, prompt, services }: Surroundings,
): Promise<readonly QuestionAnswer[] | undefined> {
  const asker = {
    name: state.conversations[conversation]?.name ?? '',
    place: [conversation + 1, state.conversations.length],
    others: inbox.questions - 1,
  } as const;
  let head = `\n${askerLine(asker)}\n`;
  const answers: QuestionAnswer[] = [];
  for (const question of questions) {
    const text = services.redactor.hideKeys(`${head}${questionText(question)}`);
    const line = await prompt.ask(text, signal);
    if (line === undefined) return undefined;
    answers.push(answerIn(line, question));
    head = '';
  }
  return answers;
}

/** Other requests that ask the same, where the user wants them to have the same answer. */
async function equalOnes(
  { id }: ApprovalRequest,
  signal: AbortSignal,
  { inbox, state, prompt, services }: Surroundings,
): Promise<readonly string[]> {
  if (signal.aborted) return [];
  const group = inbox.groups().find(({ requests }) => requests.some((one) => one.id === id));
  const others = group?.requests.filter((one) => one.id !== id) ?? [];
  if (others.length === 0) return [];
  const names = others.map(({ conversation }) => state.conversations[conversation]?.name ?? '');
  const stay = inbox.questions - 1 - others.length;
  const text = services.redactor.hideKeys(equalText(names, stay));
  const line = await prompt.ask(text, signal);
  return /^y(?:es)?$/i.test(line?.trim() ?? '') ? others.map((one) => one.id) : [];
}
