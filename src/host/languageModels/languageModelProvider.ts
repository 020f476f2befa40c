import * as vscode from 'vscode';
import { abortable } from '../../core/base/abortable.ts';
import type { Clock } from '../../core/base/clock.ts';
import { systemClock } from '../../core/base/clock.ts';
import type { ModelInfo } from '../../core/providers/modelInfo.ts';
import type {
  ModelRequest,
  ModelTurn,
  Provider,
  TurnObserver,
} from '../../core/providers/provider.ts';
import type { ProviderError } from '../../core/providers/providerError.ts';
import { defaultResponseLimits } from '../../core/providers/transport/responseLimits.ts';
import { modelIsGone, toLanguageModelError } from './languageModelError.ts';
import { type LanguageModelTurn, runLanguageModelTurn } from './languageModelTurn.ts';

/** What VS Code knows about who may use which model; a part of the extension's context. */
export type ModelAccess = Pick<vscode.LanguageModelAccessInformation, 'canSendRequest'>;

/**
 * Few: extensions that provide models block those who ask too often, and do not say for how long.
 */
const requestsAtOnce = 4;

/** The models that VS Code itself offers, which other extensions provide. Ids are `vendor/id`. */
export class LanguageModelProvider implements Provider {
  readonly id = 'vscode';
  readonly origin = 'vscode://language-models';
  readonly defaultConcurrency = requestsAtOnce;
  readonly #access: ModelAccess;
  readonly #clock: Clock;
  readonly #silenceMs: () => number;
  /** The request by which the person is asked for leave, by vendor; the others wait for its end. */
  readonly #asking = new Map<string, Promise<Leave>>();

  /** `silenceMs` gives the milliseconds that a response may go without a part. */
  constructor(
    access: ModelAccess,
    clock: Clock = systemClock,
    silenceMs: () => number = () => defaultResponseLimits.contentTimeoutMs,
  ) {
    this.#access = access;
    this.#clock = clock;
    this.#silenceMs = silenceMs;
  }

  async turn(
    request: ModelRequest,
    observer: TurnObserver,
    signal: AbortSignal,
  ): Promise<ModelTurn> {
    if (request.effort !== undefined) observer.onNote?.(noEffort);
    try {
      const chat = await abortable(findChat(request.model), signal);
      if (chat === undefined) throw modelIsGone(request.model);
      return await this.#ask(chat, {
        ...{ request, observer, signal },
        clock: this.#clock,
        silenceMs: this.#silenceMs(),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw toLanguageModelError(error, request.model);
    }
  }

  async listModels(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    try {
      const chats = await abortable(Promise.resolve(vscode.lm.selectChatModels()), signal);
      return chats.map(toModelInfo);
    } catch (error) {
      signal.throwIfAborted();
      throw toLanguageModelError(error, 'VS Code');
    }
  }

  dispose(): void {
    this.#asking.clear();
  }

  /** Until a person has allowed a vendor's models, one request is under way: one question, not many. */
  async #ask(chat: vscode.LanguageModelChat, turn: LanguageModelTurn): Promise<ModelTurn> {
    for (;;) {
      const asking = this.#asking.get(chat.vendor);
      if (asking === undefined) break;
      const leave = await abortable(asking, turn.signal);
      if (leave.refusal !== undefined) throw leave.refusal;
    }
    const answer = runLanguageModelTurn(chat, turn);
    if (this.#access.canSendRequest(chat) !== undefined) return answer;
    const leave = answer.then(
      (): Leave => ({}),
      (error: unknown): Leave => {
        const failure = toLanguageModelError(error, turn.request.model);
        return failure.kind === 'auth' ? { refusal: failure } : {};
      },
    );
    this.#asking.set(chat.vendor, leave);
    try {
      return await answer;
    } finally {
      this.#asking.delete(chat.vendor);
    }
  }
}

/** What came of asking a person; those who waited for the same answer take it for theirs. */
interface Leave {
  readonly refusal?: ProviderError;
}

const noEffort =
  "VS Code's models take no reasoning effort: none is sent. Their settings in VS Code decide.";

async function findChat(model: string): Promise<vscode.LanguageModelChat | undefined> {
  const slash = model.indexOf('/');
  if (slash < 1) return undefined;
  const vendor = model.slice(0, slash);
  const id = model.slice(slash + 1);
  const [chat] = await vscode.lm.selectChatModels({ vendor, id });
  return chat;
}

function toModelInfo({ vendor, id, name, maxInputTokens }: vscode.LanguageModelChat): ModelInfo {
  return { id: `${vendor}/${id}`, name, contextTokens: maxInputTokens };
}
