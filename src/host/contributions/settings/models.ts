import { commandLink } from '../views.ts';
import type { SettingText, SettingTexts } from './settingText.ts';

const remote =
  "A key is only sent to the server it was entered for; a server on this machine needs none. In a remote window, the remote machine's own setting counts, and `localhost` is that machine.";

const url = {
  pattern: '^(https?://.+)?$',
  patternErrorMessage: 'An address that starts with https:// or http://, or nothing.',
};

const modelPrice = {
  type: 'object',
  required: ['input', 'output', 'cacheRead', 'cacheWrite'],
  additionalProperties: false,
  properties: {
    input: amount('Input that was not cached.'),
    output: amount('Output.'),
    cacheRead: amount('Input read from the prompt cache.'),
    cacheWrite: amount('Input written to the prompt cache.'),
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
      'Who answers the prompts. Read from the user settings only, because it decides where an API key is sent.',
    choices: {
      auto: 'The first provider that has an API key, or a base URL on this machine. Without one, the demo model after asking once.',
      anthropic: 'The Anthropic Messages API, or a server that is compatible with it.',
      openai: 'The OpenAI Responses API, or a server that is compatible with it.',
      vscode: 'The models that VS Code offers, which other extensions provide.',
      demo: 'The built-in demo model: no key, no network, simulated answers.',
    },
  },
  model: {
    description: `The model to ask, by its id; VS Code's own models are called \`vendor/id\`. ${commandLink('selectModel')} lists what there is. When empty, the general-purpose model of the provider is asked. A prompt can name its own model.`,
  },
  reasoningEffort: {
    description:
      'How much the model thinks before it answers. Where a model does not offer that much or that little, the nearest it offers is used, and the log says so.',
    choices: {
      default: "The model's own default.",
      none: 'No reasoning.',
      minimal: 'As little reasoning as possible.',
      low: 'Little reasoning: quick and cheap.',
      medium: 'Some reasoning.',
      high: 'Much reasoning.',
      xhigh: 'More than high, for models that offer it.',
      max: 'As much as the model offers.',
    },
  },
  systemPrompt: {
    description:
      'Instructions that every conversation starts with. When empty, a short built-in one is used. A prompt file can give its own with the key `system`.',
    schema: { editPresentation: 'multilineText' },
  },
  agent: {
    description: `The agent that answers prompts which name none, by the name in its \`*.agent.md\` file. ${commandLink('selectAgent')} lists what there is. When empty, no agent is used. Read from the user settings only.`,
  },
  'anthropic.baseUrl': baseUrl(
    'The server the provider `anthropic` asks, without `/v1`, for example `http://localhost:11434`. When empty, it is Anthropic itself.',
  ),
  'openai.baseUrl': baseUrl(
    'The server the provider `openai` asks, with `/v1`, for example `http://localhost:11434/v1`. When empty, it is OpenAI itself.',
  ),
  prices: {
    description:
      'Prices by model id, in US dollars for a million tokens. They add to the built-in list prices, or correct them. A model without a price shows no cost.',
    schema: { additionalProperties: modelPrice },
  },
};
