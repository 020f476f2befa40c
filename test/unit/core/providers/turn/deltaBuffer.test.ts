import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeltaBuffer } from '../../../../../src/core/providers/turn/deltaBuffer.ts';

type Piece = readonly ['text' | 'thinking', string];

/** The reported pieces: single ones, and one list for each `flush`. */
function report(chunks: readonly (readonly Piece[])[]): Piece[][] {
  let reported: Piece[] = [];
  const pieces = new DeltaBuffer({
    onText: (text) => reported.push(['text', text]),
    onThinking: (text) => reported.push(['thinking', text]),
  });
  return chunks.map((chunk) => {
    reported = [];
    for (const [kind, text] of chunk) {
      if (kind === 'text') pieces.onText(text);
      else pieces.onThinking(text);
    }
    pieces.flush();
    return reported;
  });
}

describe('DeltaBuffer', () => {
  it('joins deltas of one kind and keeps the order of the kinds', () => {
    const chunk: Piece[] = [
      ['thinking', 'a'],
      ['thinking', 'b'],
      ['text', 'c'],
      ['text', 'd'],
      ['thinking', 'e'],
    ];
    expect(report([chunk, [['text', 'f']], []])).toEqual([
      [
        ['thinking', 'ab'],
        ['text', 'cd'],
        ['thinking', 'e'],
      ],
      [['text', 'f']],
      [],
    ]);
  });

  it('passes on every character once, in order, and nothing empty', () => {
    const piece = fc.tuple(fc.constantFrom('text', 'thinking'), fc.string()) as fc.Arbitrary<Piece>;
    const letters = (pieces: readonly Piece[]): string[] =>
      pieces.flatMap(([kind, text]) => [...text].map((letter) => `${kind} ${letter}`));
    fc.assert(
      fc.property(fc.array(fc.array(piece)), (chunks) => {
        const reported = report(chunks);
        expect(reported.map(letters)).toEqual(chunks.map(letters));
        expect(reported.flat().every(([, text]) => text !== '')).toBe(true);
      }),
    );
  });
});
