import { commandLink } from '../views.ts';
import type { SettingText, SettingTexts } from './settingText.ts';

const remote =
  'An API key is sent only to the server it was entered for. A server on this machine needs none. In a remote window, the setting of the remote machine applies, and `localhost` is the remote machine.';

const url = {
  pattern: '^(https?://.+)?$',
  patternErrorMessage: 'Enter a URL that starts with https:// or http://, or leave it empty.',
};

const modelPrice = {
  type: 'object',
  required: ['input', 'output', 'cacheRead', 'cacheWrite'],
  additionalProperties: false,
  properties: {
    input: amount('Input tokens that were not cached.'),
    output: amount('Output tokens.'),
    cacheRead: amount('Input tokens read from the prompt cache.'),
    cacheWrite: amount('Input tokens written to the prompt cache.'),
  },
};

function amount(description: string) {
  return { type: 'number', minimum: 0, description };
}

function baseUrl(sentence: string): SettingText {
  return { description: `${sentence} ${remote}`, schema: url };
}

/** Settings of the group *Models*. */
export const modelSettings: SettingTexts<
  | 'provider'
  | 'model'
  | 'reasoningEffort'
  | 'systemPrompt'
  | 'agent'
  | 'anthropic.baseUrl'
  | 'openai.baseUrl'
  | 'prices'
> = {
  provider: {
    description:
      'The provider of the model. Read from the user settings only, because it decides where an API key is sent.',
    choices: {
      auto: 'The first provider with an API key or with a base URL on this machine. If there is none, the demo model, after asking you once.',
      anthropic: 'The Anthropic Messages API or a compatible server.',
      openai: 'The OpenAI Responses API or a compatible server.',
      vscode: 'The language models in VS Code, provided by other extensions.',
      demo: 'The built-in demo model: no key, no network, simulated answers.',
    },
  },
  model: {
    description: `The id of the model; for models in VS Code, \`vendor/id\`. ${commandLink('selectModel')} lists the available models. If empty, the provider's default model is used. A prompt file can override this with the key \`model\`.`,
  },
  reasoningEffort: {
    description:
      'How much the model reasons before it answers. If the model does not support the value, the nearest supported value is used and logged.',
    choices: {
      default: "The model's own default.",
      none: 'No reasoning.',
      minimal: 'As little reasoning as possible.',
      low: 'Little reasoning: quick and cheap.',
      medium: 'Some reasoning.',
      high: 'Extensive reasoning.',
      xhigh: 'More than high, for models that support it.',
      max: 'As much as the model supports.',
    },
  },
  systemPrompt: {
    description:
      'The system prompt of every conversation. If empty, a short built-in system prompt is used. A prompt file can override this with the key `system`.',
    schema: { editPresentation: 'multilineText' },
  },
  agent: {
    description: `The agent that answers prompts which name none, by the name in its \`*.agent.md\` file. ${commandLink('selectAgent')} lists what there is. When empty, no agent is used. Read from the user settings only.`,
  },
  'anthropic.baseUrl': baseUrl(
    'Base URL of the provider `anthropic`, without `/v1`, for example `http://localhost:11434`. If empty, requests go to Anthropic.',
  ),
  'openai.baseUrl': baseUrl(
    'Base URL of the provider `openai`, with `/v1`, for example `http://localhost:11434/v1`. If empty, requests go to OpenAI.',
  ),
  prices: {
    description:
      'Prices by model id, in US dollars per million tokens. They extend or override the built-in list prices. For a model without a price, no cost is shown.',
    schema: { additionalProperties: modelPrice },
  },
};
