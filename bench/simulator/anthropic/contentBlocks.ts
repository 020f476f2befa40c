import { isJsonObject, type JsonObject, unknownName } from '../json.ts';
import type { PromptPart } from '../readRequest.ts';
import type { BreakpointCount } from './breakpointCount.ts';
import { refuse } from './refuse.ts';

const blockNames: { readonly [type: string]: ReadonlySet<string> } = {
  text: new Set(['type', 'text', 'citations', 'cache_control']),
  thinking: new Set(['type', 'thinking', 'signature']),
  tool_use: new Set(['type', 'id', 'name', 'input', 'caller', 'toolset_name', 'cache_control']),
  tool_result: new Set([
    'type',
    'tool_use_id',
    'content',
    'is_error',
    'toolset_name',
    'cache_control',
  ]),
};

/** Checks a content block and returns its part of the prompt. */
export function blockPart(
  block: unknown,
  at: string,
  role: 'user' | 'assistant',
  breakpoints: BreakpointCount,
): PromptPart {
  if (!isJsonObject(block)) refuse(`${at}: Input should be an object`);
  const type = String(block.type);
  const names = blockNames[type];
  if (names === undefined) refuse(`${at}: Input tag '${type}' does not match any expected tag`);
  const unknown = unknownName(block, names);
  if (unknown !== undefined) refuse(`${at}.${unknown}: Extra inputs are not permitted`);
  if ((type === 'tool_result') !== (role === 'user') && type !== 'text') {
    refuse(
      `${at}: \`${type}\` blocks can only be in ${role === 'user' ? 'assistant' : 'user'} messages`,
    );
  }
  if (type === 'text') return textPart(block, at, breakpoints, role);
  const breakpoint = breakpoints.read(block.cache_control, `${at}.cache_control`);
  if (type === 'thinking') {
    return { text: String(block.thinking), mark: String(block.signature), breakpoint };
  }
  if (type === 'tool_use') {
    if (!isJsonObject(block.input)) refuse(`${at}.input: Input should be a valid dictionary`);
    const text = `${block.name}${JSON.stringify(block.input)}`;
    return { text, mark: String(block.id), breakpoint };
  }
  const mark = `${block.tool_use_id} ${block.is_error ?? ''}`;
  return { text: resultText(block, at), mark, breakpoint };
}

export function textPart(
  block: JsonObject,
  at: string,
  breakpoints: BreakpointCount,
  mark: string,
): PromptPart {
  const { text } = block;
  if (typeof text !== 'string') refuse(`${at}.text: Input should be a valid string`);
  if (text.trim() === '') refuse(`${at}: text content blocks must contain non-whitespace text`);
  return { text, mark, breakpoint: breakpoints.read(block.cache_control, `${at}.cache_control`) };
}

/** The text of a `tool_result` block. */
export function resultText({ content, is_error }: JsonObject, at: string): string {
  if (is_error !== undefined && typeof is_error !== 'boolean') {
    refuse(`${at}.is_error: Input should be a valid boolean`);
  }
  if (typeof content === 'string') return content;
  if (content === undefined) return '';
  if (!Array.isArray(content)) refuse(`${at}.content: Input should be a valid string or list`);
  return content
    .map((part: unknown) => {
      if (!isJsonObject(part) || part.type !== 'text' || typeof part.text !== 'string') {
        refuse(`${at}.content: Input should be text blocks`);
      }
      return part.text;
    })
    .join('');
}
