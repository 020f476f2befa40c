import { given } from '../../../shared/given.ts';
import {
  countField,
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  textField,
} from '../../../shared/json.ts';
import { type ReasoningEffort, reasoningEfforts } from '../../base/reasoningEffort.ts';
import type { ModelInfo, ThinkingMode } from '../modelInfo.ts';

const thinkingModes: readonly ThinkingMode[] = ['adaptive', 'enabled', 'disabled', 'between_tools'];

/** Fields that hold the context length. vLLM and gateways have their own. */
const contextFields = [
  'max_input_tokens',
  'max_model_len',
  'max_context_length',
  'context_length',
] as const;

/** Reads an entry of a list of models. Most compatible servers send only an id; without one: undefined. */
export function readModelEntry(entry: unknown): ModelInfo | undefined {
  if (!isJsonObject(entry)) return undefined;
  const id = textField(entry, 'id') ?? textField(entry, 'name');
  if (id === undefined || id === '') return undefined;
  const name = textField(entry, 'display_name') ?? textField(entry, 'name');
  const contextTokens = firstCount(entry, contextFields);
  const maxOutputTokens = positive(countField(entry, 'max_tokens'));
  const toolCalling = readToolCalling(entry);
  return {
    id,
    ...(name === undefined || name === '' || name === id ? {} : { name }),
    ...given({ contextTokens, maxOutputTokens, toolCalling }),
    ...readCapabilities(objectField(entry, 'capabilities')),
  };
}

function readCapabilities(capabilities: JsonObject): Pick<ModelInfo, 'efforts' | 'thinking'> {
  const { effort, thinking } = capabilities;
  return {
    ...(isJsonObject(effort) ? { efforts: supportedEfforts(effort) } : {}),
    ...(isJsonObject(thinking) ? { thinking: supportedThinking(thinking) } : {}),
  };
}

function supportedEfforts(effort: JsonObject): readonly ReasoningEffort[] {
  if (effort.supported === false) return [];
  return reasoningEfforts.filter((name) => objectField(effort, name).supported === true);
}

function supportedThinking(thinking: JsonObject): readonly ThinkingMode[] {
  const types = objectField(thinking, 'types');
  return thinkingModes.filter((mode) => objectField(types, mode).supported === true);
}

/** Some servers list a model's capabilities or supported parameters. */
function readToolCalling(entry: JsonObject): boolean | undefined {
  if (Array.isArray(entry.supported_parameters))
    return entry.supported_parameters.includes('tools');
  const capabilities = listField(entry, 'capabilities');
  return capabilities.includes('tool_use') || capabilities.includes('tools') ? true : undefined;
}

function firstCount(entry: JsonObject, fields: readonly string[]): number | undefined {
  for (const field of fields) {
    const count = positive(countField(entry, field));
    if (count !== undefined) return count;
  }
  return undefined;
}

function positive(count: number | undefined): number | undefined {
  return count === undefined || count === 0 ? undefined : count;
}
