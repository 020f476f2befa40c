import { isJsonObject, type JsonObject, unknownName } from '../json.ts';
import type { PromptPart } from '../readRequest.ts';
import type { BreakpointCount } from './breakpointCount.ts';
import { textPart } from './contentBlocks.ts';
import { refuse } from './refuse.ts';

const bodyNames = new Set(
  (
    'model max_tokens messages system tools tool_choice stream thinking output_config cache_control ' +
    'metadata service_tier stop_sequences speed container inference_geo diagnostics'
  ).split(' '),
);
const toolNames = new Set(
  'name description input_schema strict cache_control type defer_loading eager_input_streaming input_examples'.split(
    ' ',
  ),
);
/** Checks the fields other than the messages. */
export function checkBody(body: JsonObject): void {
  const unknown = unknownName(body, bodyNames);
  if (unknown !== undefined) refuse(`${unknown}: Extra inputs are not permitted`);
  if (typeof body.model !== 'string' || body.model === '') refuse('model: Field required');
  if (!Number.isInteger(body.max_tokens) || (body.max_tokens as number) < 1) {
    refuse('max_tokens: Input should be greater than or equal to 1');
  }
  if (body.stream !== true) refuse('stream: this server answers with streams only');
  const { output_config: output, thinking } = body;
  if (output !== undefined && !isJsonObject(output)) refuse('output_config: should be an object');
  if (thinking !== undefined && !isJsonObject(thinking)) refuse('thinking: should be an object');
}

/** The text that must be equal in all requests of a conversation; `shared` is tools and system. */
export function prefixText(body: JsonObject, shared: readonly PromptPart[]): string {
  const { model, tool_choice, thinking, output_config } = body;
  const texts = shared.map(({ text }) => text).join('\n');
  return `${JSON.stringify([model, tool_choice, thinking, output_config])}\n${texts}`;
}

export function readTools(tools: unknown, breakpoints: BreakpointCount): readonly PromptPart[] {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) refuse('tools: Input should be a valid array');
  const seen = new Set<string>();
  return tools.map((tool: unknown, index): PromptPart => {
    if (!isJsonObject(tool)) refuse(`tools.${index}: Input should be an object`);
    const unknown = unknownName(tool, toolNames);
    if (unknown !== undefined) refuse(`tools.${index}.${unknown}: Extra inputs are not permitted`);
    const { name, input_schema: schema, cache_control, ...rest } = tool;
    if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      refuse(`tools.${index}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (seen.has(name)) refuse('tools: Tool names must be unique.');
    seen.add(name);
    if (!isJsonObject(schema) || schema.type !== 'object') {
      refuse(`tools.${index}.input_schema.type: Input should be 'object'`);
    }
    const breakpoint = breakpoints.read(cache_control, `tools.${index}.cache_control`);
    return { text: JSON.stringify([name, rest.description, schema]), mark: 'tool', breakpoint };
  });
}

export function readSystem(system: unknown, breakpoints: BreakpointCount): readonly PromptPart[] {
  if (system === undefined) return [];
  if (typeof system === 'string') return [{ text: system, mark: 'system', breakpoint: false }];
  if (!Array.isArray(system)) refuse('system: Input should be a string or a list of text blocks');
  return system.map((block: unknown, index) => {
    const at = `system.${index}`;
    if (!isJsonObject(block) || block.type !== 'text')
      refuse(`${at}: Input should be a text block`);
    return textPart(block, at, breakpoints, 'system');
  });
}
