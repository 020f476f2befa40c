import {
  countField,
  isJsonObject,
  type JsonObject,
  objectField,
  textField,
} from '../../../shared/json.ts';
import type { TurnObserver } from '../provider.ts';
import { lineBetweenParts, lineBetweenTexts, PartFeed } from '../turn/textParts.ts';
import { ContentBlock } from './contentBlock.ts';

/**
 * The content blocks of one response, in order of arrival. Some servers use an index twice; it refers to
 * the latest block then.
 */
export class ContentBlocks {
  readonly #blocks: ContentBlock[] = [];
  readonly #byIndex = new Map<number, ContentBlock>();
  readonly #text: PartFeed;
  readonly #thinking: PartFeed;
  readonly #observer: TurnObserver;
  readonly #fail: (problem: string) => Error;

  /** `fail` makes the error for events that break the protocol. */
  constructor(observer: TurnObserver, fail: (problem: string) => Error) {
    this.#text = new PartFeed((delta) => observer.onText?.(delta), lineBetweenTexts);
    this.#thinking = new PartFeed((delta) => observer.onThinking?.(delta), lineBetweenParts);
    this.#observer = observer;
    this.#fail = fail;
  }

  get all(): readonly ContentBlock[] {
    return this.#blocks;
  }

  /** The visible text of all blocks. */
  get text(): string {
    return this.#text.text;
  }

  get areClosed(): boolean {
    return this.#blocks.every(({ ended }) => ended);
  }

  get hasToolCalls(): boolean {
    return this.#blocks.some(({ type }) => type === 'tool_use');
  }

  start(data: JsonObject): void {
    const index = countField(data, 'index');
    const isOpen = index !== undefined && this.#byIndex.get(index)?.ended === false;
    if (index === undefined || isOpen || !isJsonObject(data.content_block)) {
      throw this.#fail('a content block starts wrongly');
    }
    this.#byIndex.set(index, this.#add(data.content_block));
  }

  delta(data: JsonObject): void {
    const block = this.#openBlock(data, 'content_block_delta');
    this.#tell(block, block.add(objectField(data, 'delta')));
  }

  stop(data: JsonObject): void {
    this.#openBlock(data, 'content_block_stop').end();
  }

  /** Takes a complete block. */
  addWhole(block: JsonObject): void {
    this.#add(block).end();
  }

  #add(start: JsonObject): ContentBlock {
    if (start.type === 'tool_use' && !textField(start, 'name')) {
      throw this.#fail('a tool call has no name');
    }
    const block = new ContentBlock(start);
    this.#blocks.push(block);
    if (block.type === 'tool_use') this.#observer.onToolCall?.();
    this.#tell(block, block.text + block.thinking);
    return block;
  }

  #tell(block: ContentBlock, piece: string): void {
    if (piece === '') return;
    if (block.type === 'thinking') this.#thinking.push(block, piece);
    else this.#text.push(block, piece, this.#goesOn(block));
  }

  /** Whether a block continues the text of the one before it. */
  #goesOn(block: ContentBlock): boolean {
    return this.#blocks[this.#blocks.indexOf(block) - 1]?.isCited === true;
  }

  #openBlock(data: JsonObject, type: string): ContentBlock {
    const block = this.#byIndex.get(countField(data, 'index') ?? -1);
    if (block === undefined || block.ended) {
      throw this.#fail(`a ${type} belongs to no open content block`);
    }
    return block;
  }
}
