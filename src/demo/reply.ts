import { estimateTokens } from './demoRequest.ts';

interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
}

interface CallBlock {
  readonly kind: 'call';
  readonly name: string;
  /** The input as JSON text; truncated when the output limit falls inside it. */
  readonly json: string;
}

export type ReplyBlock = TextBlock | CallBlock;

/** One turn of the demo model. */
export interface Reply {
  readonly blocks: readonly ReplyBlock[];
  /** Whether the output limit truncated the reply. */
  readonly truncated: boolean;
}

/** A tool call the model wants to make. */
export interface WantedCall {
  readonly name: string;
  readonly input: { readonly [key: string]: unknown };
}

export function textReply(text: string): Reply {
  return { blocks: [{ kind: 'text', text }], truncated: false };
}

export function callReply(calls: readonly WantedCall[]): Reply {
  const blocks = calls.map(
    (call): CallBlock => ({ kind: 'call', name: call.name, json: JSON.stringify(call.input) }),
  );
  return { blocks, truncated: false };
}

/** The text that a block streams: an answer's words or a call's input. */
function blockContent(block: ReplyBlock): string {
  return block.kind === 'text' ? block.text : block.json;
}

export function outputTokens(reply: Reply): number {
  return reply.blocks.reduce((sum, block) => sum + estimateTokens(blockContent(block)), 0);
}

/** The reply truncated to `maxTokens` tokens. */
export function truncateReply(reply: Reply, maxTokens: number): Reply {
  if (outputTokens(reply) <= maxTokens) return reply;
  const blocks: ReplyBlock[] = [];
  let left = maxTokens;
  for (const block of reply.blocks) {
    if (left <= 0) break;
    const content = blockContent(block).slice(0, left * 4);
    left -= estimateTokens(content);
    blocks.push(block.kind === 'text' ? { ...block, text: content } : { ...block, json: content });
  }
  return { blocks, truncated: true };
}
