import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The vendor that the companion extension names in its manifest. */
const vendor = 'interleave-test';

/** A request as the model received it. */
export interface SeenRequest {
  readonly model: string;
  readonly messages: readonly vscode.LanguageModelChatRequestMessage[];
  readonly options: vscode.ProvideLanguageModelChatResponseOptions;
  readonly token: vscode.CancellationToken;
}

type Answer = (
  request: SeenRequest,
  emit: (part: vscode.LanguageModelResponsePart) => void,
) => Promise<void> | void;

/** Models of the test vendor that answer as a function says. */
export interface TestModels extends vscode.Disposable {
  readonly requests: readonly SeenRequest[];
  /** Max number of requests in flight at the same time. */
  readonly maxInFlight: number;
  /** `vendor/id`, as in settings. */
  id(model: string): string;
}

/** Registers models with VS Code like the extensions of model vendors. */
export async function registerModels(
  models: readonly string[],
  answer: Answer,
): Promise<TestModels> {
  const companion = vscode.extensions.getExtension<{
    register(provider: vscode.LanguageModelChatProvider): vscode.Disposable;
  }>('interleave-test.language-models');
  assert.ok(companion, 'the companion extension is not installed');
  const { register } = await companion.activate();
  const requests: SeenRequest[] = [];
  let active = 0;
  let maxInFlight = 0;
  const registration = register({
    provideLanguageModelChatInformation: () => models.map(information),
    provideLanguageModelChatResponse: async ({ id }, messages, options, progress, token) => {
      active += 1;
      maxInFlight = Math.max(maxInFlight, active);
      const request = { model: id, messages, options, token };
      requests.push(request);
      try {
        await answer(request, (part) => progress.report(part));
      } finally {
        active -= 1;
      }
    },
    provideTokenCount: async (_model, text) => String(text).length,
  });
  return {
    requests,
    get maxInFlight() {
      return maxInFlight;
    },
    id: (model) => `${vendor}/${model}`,
    dispose: () => registration.dispose(),
  };
}

function information(id: string): vscode.LanguageModelChatInformation {
  return {
    id,
    name: `Test ${id}`,
    family: 'test',
    version: '1',
    maxInputTokens: 100_000,
    maxOutputTokens: 10_000,
    capabilities: { toolCalling: true },
  };
}

/** The joined texts of a message. */
export function textOf({ content }: vscode.LanguageModelChatRequestMessage): string {
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('');
}

/** The texts of the tool results in a message, by call id. */
export function resultsOf({
  content,
}: vscode.LanguageModelChatRequestMessage): readonly [string, string][] {
  return content.flatMap((part): [string, string][] => {
    if (!(part instanceof vscode.LanguageModelToolResultPart)) return [];
    const texts = part.content.map((item) =>
      item instanceof vscode.LanguageModelTextPart ? item.value : '',
    );
    return [[part.callId, texts.join('')]];
  });
}
