import type {
  ApprovalRequest,
  QuestionAnswer,
} from '../../core/approvals/inbox/approvalRequest.ts';
import type { Inbox } from '../../core/approvals/inbox/inbox.ts';
import type { Disposable } from '../../core/base/emitter.ts';
import type { RunState } from '../../shared/runState.ts';
import type { RunCommandServices } from '../runServices.ts';
import { answerIn, askerLine, questionText } from './questionText.ts';

/** What the model is told of a question that the user refuses. */
const refused = 'They gave no answer. Decide yourself, and say in your answer what you assumed.';

/**
 * Asks the user at the terminal what conversations ask, one question at a time, in the order in which they came.
 * Without a terminal, nothing: questions are then denied as they come.
 */
export function answerQuestions(
  inbox: Inbox,
  state: Pick<RunState, 'conversations'>,
  services: Pick<RunCommandServices, 'prompt' | 'terminal' | 'redactor'>,
): Disposable {
  const { prompt } = services;
  if (prompt === undefined) return { dispose: () => undefined };
  const over = new AbortController();
  let isBusy = false;
  const askAll = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    // Looked for only between questions: thousands may wait.
    while (!over.signal.aborted && inbox.questions > 0) {
      const request = inbox.requests().find(({ questions }) => questions !== undefined);
      if (request === undefined) break;
      await settle(request, over.signal);
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

  async function settle(request: ApprovalRequest, end: AbortSignal): Promise<void> {
    const gone = new AbortController();
    const watch = inbox.onDidChange(() => {
      if (!inbox.has(request.id)) gone.abort();
    });
    try {
      const answers = await ask(request, AbortSignal.any([gone.signal, end]));
      if (gone.signal.aborted || end.aborted) return;
      const requests = [request.id];
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
      const line = await prompt?.ask(text, signal);
      if (line === undefined) return undefined;
      answers.push(answerIn(line, question));
      head = '';
    }
    return answers;
  }
}
