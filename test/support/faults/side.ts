import type { Provider } from '../../../src/core/providers/provider.ts';
import { LanguageModelProvider } from '../../../src/host/languageModels/languageModelProvider.ts';
import type { Reply } from '../loopback/loopbackServer.ts';
import { startLoopbackServer } from '../loopback/loopbackServer.ts';
import { sseText, streamReply } from '../loopback/replies.ts';
import { ManualClock } from '../manualClock.ts';
import type { ChatAnswer, SeenChatRequest } from '../vscode/fakeLanguageModels.ts';
import { startFakeModel } from '../vscode/fakeLanguageModels.ts';
import { LanguageModelTextPart, LanguageModelToolCallPart } from '../vscode/fakeVscode.ts';
import type { FaultProtocol, ScriptedTurn } from './faultProtocol.ts';
import { faultProtocols } from './faultProtocol.ts';
import { historyProblems, messageProblems } from './historyProblems.ts';

/** A way to a model: the two APIs over HTTP, and the models of VS Code. */
export type SideName = 'anthropic' | 'openai' | 'vscode.lm';

/** One response of a scripted model, in its protocol. */
export type Answer =
  | { readonly kind: 'http'; readonly reply: Reply; readonly silent?: boolean }
  | { readonly kind: 'chat'; readonly answer: ChatAnswer; readonly silent?: boolean };

/** A request that a scripted model received. */
export interface SentRequest {
  readonly body: string;
  /** Problems in its history that an API would refuse. */
  readonly problems: readonly string[];
  /** Resolves when the connection or stream has closed. */
  readonly closed: Promise<void>;
}

/** A model that answers by script, and its provider. */
export interface Served {
  readonly provider: Provider;
  readonly model: string;
  readonly requests: readonly SentRequest[];
  close(): Promise<void>;
}

/** Responses in order, the last one repeated; or a function of the request. */
export type Answers = readonly Answer[] | ((body: string) => Answer);

/** The other side of a run: an HTTP protocol, or a model of VS Code. */
export interface Side {
  readonly name: SideName;
  turn(turn: ScriptedTurn): Answer;
  serve(answers: Answers): Promise<Served>;
}

/** The key that the HTTP providers send. It must not appear anywhere. */
export const sideKey = 'key-of-the-test';

/** Milliseconds after which every timeout for a silent model has fired. */
const longSilenceMs = 6_000_000;

/** Lets sent bytes arrive before time passes. */
const arrivalMs = 2;

function httpSide(protocol: FaultProtocol): Side {
  return {
    name: protocol.name,
    turn: (turn) => ({ kind: 'http', reply: streamReply(sseText(protocol.events(turn))) }),
    serve: async (answers) => {
      const clock = new ManualClock();
      const next = inOrder(answers);
      const server = await startLoopbackServer(({ body }) => {
        const answer = next(body);
        if (answer.kind !== 'http') throw new Error('Not an answer over HTTP.');
        if (answer.silent === true) setTimeout(() => void clock.jump(longSilenceMs), arrivalMs);
        return answer.reply;
      });
      const provider = protocol.create({ baseUrl: server.url, apiKey: sideKey, clock });
      return {
        provider,
        model: 'test-model',
        get requests() {
          return server.requests.map(({ body, closed }) => ({
            ...{ body, closed },
            problems: historyProblems(body),
          }));
        },
        close: async () => {
          provider.dispose();
          await server.close();
        },
      };
    },
  };
}

const chatSide: Side = {
  name: 'vscode.lm',
  turn: (turn) => ({ kind: 'chat', answer: { parts: partsOf(turn) } }),
  serve: async (answers) => {
    const clock = new ManualClock();
    const upcoming = inOrder(answers);
    let peeked: Answer | undefined;
    const model = startFakeModel('model', (request) => {
      const isFunction = typeof answers === 'function';
      if (request === undefined && isFunction) return {};
      const answer = peeked ?? upcoming(request?.body ?? '');
      if (answer.kind !== 'chat') throw new Error('Not an answer of a VS Code model.');
      const isTaken = request !== undefined || answer.answer.gone === true;
      peeked = isTaken ? undefined : answer;
      if (isTaken && answer.silent === true) {
        setTimeout(() => void clock.jump(longSilenceMs), arrivalMs);
      }
      return answer.answer;
    });
    const provider = new LanguageModelProvider({ canSendRequest: () => true }, clock);
    return {
      provider,
      model: 'test/model',
      get requests() {
        return model.requests.map(toSentRequest);
      },
      close: async () => {
        model.dispose();
        provider.dispose();
      },
    };
  },
};

export const sides: readonly Side[] = [...faultProtocols.map(httpSide), chatSide];

function partsOf({ text, calls = [] }: ScriptedTurn): readonly unknown[] {
  const texts = text === undefined ? [] : (text.match(/[\s\S]{1,4}/gu) ?? []);
  return [
    ...texts.map((piece) => new LanguageModelTextPart(piece)),
    ...calls.map(
      ({ id, name, input }) => new LanguageModelToolCallPart(id as string, name, input as object),
    ),
  ];
}

function toSentRequest({ messages, body, token }: SeenChatRequest): SentRequest {
  const problems = messageProblems(
    messages.map(({ role, calls, results }) => ({
      role,
      toolCalls: calls.map((callId) => ({ callId })),
      outcomes: results.map((callId) => ({ callId })),
    })),
  );
  const closed = new Promise<void>((resolve) => {
    if (token.isCancellationRequested) resolve();
    else token.onCancellationRequested(() => resolve());
  });
  return { body, problems, closed };
}

function inOrder(answers: Answers): (body: string) => Answer {
  if (typeof answers === 'function') return answers;
  let used = 0;
  return () => {
    const answer = answers[Math.min(used, answers.length - 1)];
    used++;
    if (answer === undefined) throw new Error('No answer left.');
    return answer;
  };
}
