import {
  type CancellationTokenSource,
  LanguageModelChatMessageRole,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  offerModels,
} from './fakeVscode.ts';

/** What a model of the fake `vscode` does with a request. */
export interface ChatAnswer {
  /** Rejects the request with this. */
  readonly refuses?: unknown;
  /** The stream's parts; may be invalid. */
  readonly parts?: readonly unknown[];
  /** Replaces the stream. */
  readonly stream?: unknown;
  /** What follows the parts; by default the stream ends. */
  readonly ending?: { readonly throws: unknown } | 'silence';
  /** Ignores the request until it is cancelled. */
  readonly hangs?: boolean;
  /** Whether VS Code no longer has the model. */
  readonly gone?: boolean;
}

export interface SeenMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly calls: readonly string[];
  readonly results: readonly string[];
}

/** A request as the model received it. */
export interface SeenChatRequest {
  readonly messages: readonly SeenMessage[];
  /** The whole request as JSON. */
  readonly body: string;
  readonly tools: readonly { readonly name: string }[];
  readonly token: CancellationTokenSource['token'];
}

export interface FakeModel {
  readonly requests: readonly SeenChatRequest[];
  /** How often the model was requested while it was gone. */
  readonly missed: number;
  /** Streams neither closed nor read to their end. */
  readonly open: number;
  dispose(): void;
}

/** Offers one model, `test/<id>`, that behaves as `answer` says. */
export function startFakeModel(
  id: string,
  answer: (request: SeenChatRequest | undefined) => ChatAnswer,
): FakeModel {
  const requests: SeenChatRequest[] = [];
  let missed = 0;
  let open = 0;
  const offer = offerModels(({ vendor = 'test', id: asked = id }) => {
    if (vendor !== 'test' || asked !== id) return [];
    const next = answer(undefined);
    if (next.gone === true) {
      missed++;
      return [];
    }
    return [{ ...information(id), sendRequest }];
  });
  const sendRequest = async (
    messages: readonly never[],
    { tools = [] }: { readonly tools?: readonly { readonly name: string }[] },
    token: CancellationTokenSource['token'],
  ) => {
    const body = JSON.stringify(messages);
    const request = { messages: messages.map(seen), body, tools, token };
    requests.push(request);
    const given = answer(request);
    const { refuses, hangs, parts = [], ending } = given;
    if (hangs === true) await new Promise(() => undefined);
    if (refuses !== undefined) throw refuses;
    return { stream: 'stream' in given ? given.stream : streamOf(parts, ending, token) };
  };
  async function* streamOf(
    parts: readonly unknown[],
    ending: ChatAnswer['ending'],
    token: CancellationTokenSource['token'],
  ) {
    open++;
    try {
      yield* parts;
      if (ending === 'silence') await cancelled(token);
      else if (ending !== undefined) throw ending.throws;
    } finally {
      open--;
    }
  }
  return {
    requests,
    get missed() {
      return missed;
    },
    get open() {
      return open;
    },
    dispose: () => offer.dispose(),
  };
}

/** Like a model's extension: silent until cancelled. */
function cancelled(token: CancellationTokenSource['token']): Promise<void> {
  return new Promise((resolve) => {
    if (token.isCancellationRequested) resolve();
    else token.onCancellationRequested(() => resolve());
  });
}

function information(id: string) {
  return { id, vendor: 'test', name: `Test ${id}`, family: 'test', maxInputTokens: 100_000 };
}

function seen({ role, content }: { role: number; content: readonly unknown[] }): SeenMessage {
  return {
    role: role === LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user',
    text: content.map((part) => (part instanceof LanguageModelTextPart ? part.value : '')).join(''),
    calls: content.flatMap((part) =>
      part instanceof LanguageModelToolCallPart ? [part.callId] : [],
    ),
    results: content.flatMap((part) =>
      part instanceof LanguageModelToolResultPart ? [part.callId] : [],
    ),
  };
}
