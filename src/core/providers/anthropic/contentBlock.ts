import { type JsonObject, listField, textField } from '../../../shared/json.ts';
import { isNestedDeeper, maxJsonDepth } from '../../base/jsonDepth.ts';
import type { ToolCall } from '../message.ts';
import type { ToolCallIds } from '../turn/toolCallIds.ts';
import {
  isEmptyInput,
  readToolInput,
  type ToolInput,
  toolCallOf,
  truncatedToolInput,
} from '../turn/toolInput.ts';

/** A streaming content block. Unknown fields are kept unchanged. */
export class ContentBlock {
  readonly type: string;
  readonly #start: JsonObject;
  #text: string;
  #thinking: string;
  #signature: string | undefined;
  #inputJson = '';
  #ended = false;
  readonly #citations: unknown[] = [];

  constructor(start: JsonObject) {
    this.type = textField(start, 'type') ?? '';
    this.#start = start;
    this.#text = textField(start, 'text') ?? '';
    this.#thinking = textField(start, 'thinking') ?? '';
  }

  get text(): string {
    return this.type === 'text' ? this.#text : '';
  }

  get thinking(): string {
    return this.type === 'thinking' ? this.#thinking : '';
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the text has citations. A text with citations is split into many blocks. */
  get isCited(): boolean {
    return this.#citations.length > 0 || listField(this.#start, 'citations').length > 0;
  }

  /** No more deltas follow. */
  end(): void {
    this.#ended = true;
  }

  /** Takes a delta and returns its visible text or thinking. Unknown deltas are ignored. */
  add(delta: JsonObject): string {
    switch (textField(delta, 'type')) {
      case 'text_delta': {
        const text = textField(delta, 'text') ?? '';
        this.#text += text;
        return this.type === 'text' ? text : '';
      }
      case 'thinking_delta': {
        const thinking = textField(delta, 'thinking') ?? '';
        this.#thinking += thinking;
        return this.type === 'thinking' ? thinking : '';
      }
      case 'input_json_delta':
        this.#inputJson += inputPiece(delta.partial_json);
        return '';
      case 'signature_delta':
        this.#signature = (this.#signature ?? '') + (textField(delta, 'signature') ?? '');
        return '';
      case 'citations_delta':
        this.#citations.push(delta.citation);
        return '';
      default:
        return '';
    }
  }

  /** Whether it is nested too deeply to be stored. The input of a tool call is checked separately. */
  isTooDeep(): boolean {
    const { input, ...rest } = this.#start;
    const start = this.type === 'tool_use' ? rest : this.#start;
    return isNestedDeeper(start, maxJsonDepth) || isNestedDeeper(this.#citations, maxJsonDepth);
  }

  /** The block in the form that is sent back. */
  native(): JsonObject {
    switch (this.type) {
      case 'text':
        return { ...this.#start, text: this.#text, ...this.#allCitations() };
      case 'thinking':
        return { ...this.#start, thinking: this.#thinking, ...this.#wholeSignature() };
      default:
        return this.#inputJson === ''
          ? this.#start
          : { ...this.#start, input: readToolInput(this.#givenInput()).replay };
    }
  }

  /** The tool call in a `tool_use` block, and the block with the call's id. */
  toolCall(ids: ToolCallIds): { readonly call: ToolCall; readonly native: JsonObject } {
    const id = ids.claim(textField(this.#start, 'id'));
    const input = this.#toolInput();
    return {
      call: toolCallOf(id, textField(this.#start, 'name') ?? '', input),
      native: { ...this.#start, id, input: input.replay },
    };
  }

  #toolInput(): ToolInput {
    return this.#ended ? readToolInput(this.#givenInput()) : truncatedToolInput(this.#inputJson);
  }

  /** Some servers send the complete input with the start of the block, followed by empty deltas. */
  #givenInput(): unknown {
    const { input } = this.#start;
    return isEmptyInput(input) || !isEmptyInput(this.#inputJson) ? this.#inputJson : input;
  }

  #allCitations(): JsonObject {
    if (this.#citations.length === 0) return {};
    return { citations: [...listField(this.#start, 'citations'), ...this.#citations] };
  }

  #wholeSignature(): JsonObject {
    if (this.#signature === undefined) return {};
    return { signature: (textField(this.#start, 'signature') ?? '') + this.#signature };
  }
}

/** A delta of the input is JSON text; some servers send a parsed value. */
function inputPiece(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  return piece === undefined || piece === null ? '' : (JSON.stringify(piece) ?? '');
}
