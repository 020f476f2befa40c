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

/** Tells which models the user has allowed this extension to use; part of the extension context. */
export type ModelAccess = Pick<vscode.LanguageModelAccessInformation, 'canSendRequest'>;

/** Max requests in flight. Low, because extensions that provide models block frequent callers for an unknown time. */
const maxInFlight = 4;

/** The language models in VS Code, provided by other extensions. Model ids are `vendor/id`. */
export class LanguageModelProvider implements Provider {
  readonly id = 'vscode';
  readonly origin = 'vscode://language-models';
  readonly defaultConcurrency = maxInFlight;
  readonly #access: ModelAccess;
  readonly #clock: Clock;
  readonly #silenceMs: () => number;
  /** By vendor: the request that makes VS Code ask the user for consent. Other requests wait for it. */
  readonly #asking = new Map<string, Promise<Consent>>();

  /** `silenceMs` returns the idle timeout of a response in ms. */
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

  /** Sends one request at a time until the user has allowed the vendor's models, so that VS Code asks once. */
  async #ask(chat: vscode.LanguageModelChat, turn: LanguageModelTurn): Promise<ModelTurn> {
    for (;;) {
      const asking = this.#asking.get(chat.vendor);
      if (asking === undefined) break;
      const consent = await abortable(asking, turn.signal);
      if (consent.refusal !== undefined) throw consent.refusal;
    }
    const answer = runLanguageModelTurn(chat, turn);
    if (this.#access.canSendRequest(chat) !== undefined) return answer;
    const consent = answer.then(
      (): Consent => ({}),
      (error: unknown): Consent => {
        const failure = toLanguageModelError(error, turn.request.model);
        return failure.kind === 'auth' ? { refusal: failure } : {};
      },
    );
    this.#asking.set(chat.vendor, consent);
    try {
      return await answer;
    } finally {
      this.#asking.delete(chat.vendor);
    }
  }
}

/** The user's answer. Requests that waited for it are refused with it, too. */
interface Consent {
  readonly refusal?: ProviderError;
}

const noEffort =
  'Models in VS Code do not accept a reasoning effort, so none is sent. Their settings in VS Code apply.';

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
