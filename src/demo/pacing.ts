import { seededRandom } from './fingerprint.ts';
import type { Reply, ReplyBlock } from './reply.ts';

/** A streamed piece of a reply. */
export type Piece =
  | { readonly kind: 'begin' }
  | { readonly kind: 'block_start'; readonly index: number; readonly block: ReplyBlock }
  | {
      readonly kind: 'delta';
      readonly index: number;
      readonly block: ReplyBlock;
      readonly text: string;
    }
  | { readonly kind: 'block_stop'; readonly index: number; readonly block: ReplyBlock }
  | { readonly kind: 'end' };

export interface TimedPiece {
  /** Milliseconds after the previous piece, at pace 1. */
  readonly waitMs: number;
  readonly piece: Piece;
}

const firstTokenMs = [250, 700] as const;
const wordMs = [15, 40] as const;
const argumentMs = [120, 260] as const;
/** Share of the time to the first token that passes before the response's head. */
const headShare = 0.4;

/**
 * Cuts a reply into pieces as a model would stream them, with a delay before each. The same reply
 * and seed give the same pieces and delays, so the time of a conversation depends on its turns and
 * words.
 */
export function paceReply(reply: Reply, seed: string): readonly TimedPiece[] {
  const random = seededRandom(seed);
  const draw = ([low, high]: readonly [number, number]) => low + random() * (high - low);
  const firstToken = draw(firstTokenMs);
  const pieces: TimedPiece[] = [{ waitMs: firstToken * headShare, piece: { kind: 'begin' } }];
  for (const [index, block] of reply.blocks.entries()) {
    const waitMs = index === 0 ? firstToken * (1 - headShare) : draw(argumentMs);
    pieces.push({ waitMs, piece: { kind: 'block_start', index, block } });
    const parts = block.kind === 'text' ? splitWords(block.text) : splitJson(block.json, random);
    const gap = block.kind === 'text' ? wordMs : argumentMs;
    for (const text of parts) {
      pieces.push({ waitMs: draw(gap), piece: { kind: 'delta', index, block, text } });
    }
    pieces.push({ waitMs: 0, piece: { kind: 'block_stop', index, block } });
  }
  pieces.push({ waitMs: 0, piece: { kind: 'end' } });
  return pieces;
}

/** Milliseconds from the request to the last piece, at pace 1. */
export function replyDuration(pieces: readonly TimedPiece[]): number {
  return pieces.reduce((sum, timed) => sum + timed.waitMs, 0);
}

function splitWords(text: string): readonly string[] {
  return text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text]);
}

/** Two to four pieces of about the same length. */
function splitJson(json: string, random: () => number): readonly string[] {
  const count = 2 + Math.floor(random() * 3);
  const size = Math.max(1, Math.ceil(json.length / count));
  const parts: string[] = [];
  for (let start = 0; start < json.length; start += size) {
    parts.push(json.slice(start, start + size));
  }
  return parts;
}
