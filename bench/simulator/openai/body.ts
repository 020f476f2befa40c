import { isJsonObject, type JsonObject, unknownName } from '../json.ts';
import type { PromptPart } from '../readRequest.ts';
import { refuse, refuseUnknown } from './refuse.ts';

const bodyNames = new Set(
  (
    'model input instructions tools tool_choice parallel_tool_calls max_output_tokens reasoning text ' +
    'include store stream stream_options prompt_cache_key prompt_cache_options ' +
    'prompt_cache_retention service_tier truncation metadata safety_identifier temperature top_p ' +
    'user background max_tool_calls top_logprobs context_management'
  ).split(' '),
);
const toolNames = new Set(
  'type name description parameters strict async defer_loading allowed_callers output_schema'.split(
    ' ',
  ),
);
const minOutputTokens = 16;

/** Checks the fields other than the input items. */
export function checkBody(body: JsonObject): void {
  const unknown = unknownName(body, bodyNames);
  if (unknown !== undefined) refuseUnknown(unknown);
  const { model, stream, instructions, max_output_tokens: most, store } = body;
  if (typeof model !== 'string' || model === '') {
    refuse("Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  }
  if (stream !== true) refuse('This server answers with streams only.', 'stream');
  if (instructions !== undefined && instructions !== null && typeof instructions !== 'string') {
    refuse("Invalid type for 'instructions': expected a string.", 'instructions', 'invalid_type');
  }
  if (most !== undefined && most !== null) {
    if (!Number.isInteger(most) || (most as number) < minOutputTokens) {
      refuse(
        `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${minOutputTokens}.`,
        'max_output_tokens',
        'integer_below_min_value',
      );
    }
  }
  if (store !== undefined && typeof store !== 'boolean') {
    refuse("Invalid type for 'store': expected a boolean.", 'store', 'invalid_type');
  }
  checkTools(body.tools);
}

function checkTools(tools: unknown): void {
  if (tools === undefined) return;
  if (!Array.isArray(tools)) refuse("Invalid type for 'tools': expected an array.", 'tools');
  const seen = new Set<unknown>();
  for (const [index, tool] of tools.entries()) {
    const at = `tools[${index}]`;
    if (!isJsonObject(tool) || tool.type !== 'function') {
      refuse(`Invalid value for '${at}.type'.`, `${at}.type`, 'invalid_value');
    }
    const unknown = unknownName(tool, toolNames);
    if (unknown !== undefined) refuseUnknown(`${at}.${unknown}`);
    const { name, parameters } = tool;
    if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      refuse(`Invalid '${at}.name'.`, `${at}.name`, 'invalid_value');
    }
    if (seen.has(name)) refuse('Tool names must be unique.', 'tools');
    seen.add(name);
    if (!isJsonObject(parameters) || parameters.type !== 'object') {
      refuse(
        `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`,
        `${at}.parameters`,
        'invalid_function_parameters',
      );
    }
    if (tool.strict === true) checkStrict(parameters, name, at);
  }
}

function checkStrict(parameters: JsonObject, name: string, at: string): void {
  const required: readonly unknown[] = Array.isArray(parameters.required)
    ? parameters.required
    : [];
  const fields = isJsonObject(parameters.properties) ? Object.keys(parameters.properties) : [];
  if (parameters.additionalProperties === false && fields.every((f) => required.includes(f)))
    return;
  refuse(
    `Invalid schema for function '${name}': 'required' must name every property and ` +
      "'additionalProperties' must be false.",
    `${at}.parameters`,
    'invalid_function_parameters',
  );
}

/** The tools as the model reads them. */
export function toolParts({ tools }: JsonObject): readonly PromptPart[] {
  if (!Array.isArray(tools)) return [];
  return tools.map(({ name, description, parameters }) => ({
    text: JSON.stringify([name, description, parameters]),
    mark: 'tool',
    breakpoint: false,
  }));
}

/** The text that must be equal in all requests of a conversation; `shared` is tools and system. */
export function prefixText(body: JsonObject, shared: readonly PromptPart[]): string {
  const { model, tool_choice, reasoning } = body;
  const texts = shared.map(({ text }) => text).join('\n');
  return `${JSON.stringify([model, tool_choice, reasoning])}\n${texts}`;
}

/** The request's settings as every response object echoes them, in JSON without the braces. */
export function echoText(body: JsonObject): string {
  const shown = {
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    model: body.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    metadata: {},
  };
  return JSON.stringify(shown).slice(1, -1);
}
