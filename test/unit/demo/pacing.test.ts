import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { streamEvents } from '../../../src/demo/eventStream.ts';
import { paceReply, replyDuration } from '../../../src/demo/pacing.ts';
import type { TimedEvent } from '../../../src/demo/protocol.ts';
import { callReply, textReply, truncateReply } from '../../../src/demo/reply.ts';

const call = { name: 'sum_numbers', input: { numbers: [4, 7, 9, 12] } };

describe('paceReply', () => {
  it('sends all of every block in order, between begin and end', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, seed) => {
        const reply = {
          ...callReply([call]),
          blocks: [...textReply(text).blocks, ...callReply([call, call]).blocks],
        };
        const pieces = paceReply(reply, seed).map(({ piece }) => piece);
        expect(pieces[0]?.kind).toBe('begin');
        expect(pieces.at(-1)?.kind).toBe('end');
        const sent = ['', '', ''];
        for (const piece of pieces) if (piece.kind === 'delta') sent[piece.index] += piece.text;
        expect(sent).toEqual([text, JSON.stringify(call.input), JSON.stringify(call.input)]);
      }),
    );
  });

  it('keeps human-scale delays', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const text = paceReply(textReply('one two three four'), seed);
        const firstToken = text[0]!.waitMs + text[1]!.waitMs;
        expect(firstToken).toBeGreaterThanOrEqual(250);
        expect(firstToken).toBeLessThan(700);
        const words = text.filter(({ piece }) => piece.kind === 'delta');
        expect(words).toHaveLength(4);
        for (const { waitMs } of words) {
          expect(waitMs).toBeGreaterThanOrEqual(15);
          expect(waitMs).toBeLessThan(40);
        }
        const parts = paceReply(callReply([call]), seed).filter(
          ({ piece }) => piece.kind === 'delta',
        );
        expect(parts.length).toBeGreaterThanOrEqual(2);
        expect(parts.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('gives the same delays for the same seed and others for other seeds', () => {
    const duration = (seed: string) => replyDuration(paceReply(callReply([call]), seed));
    expect(duration('a')).toBe(duration('a'));
    expect(new Set(['a', 'b', 'c', 'd'].map(duration)).size).toBe(4);
  });
});

describe('truncateReply', () => {
  it('never exceeds the limit, and marks what it truncated', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat({ max: 60 }), (text, limit) => {
        const reply = truncateReply(textReply(text), limit);
        const sent = reply.blocks
          .map((block) => (block.kind === 'text' ? block.text : ''))
          .join('');
        expect(text.startsWith(sent)).toBe(true);
        expect(sent.length).toBeLessThanOrEqual(limit * 4);
        if (!reply.truncated) expect(sent).toBe(text);
      }),
    );
  });
});

class FakeResponse extends EventEmitter {
  headersSent = false;
  ended = false;
  readonly written: string[] = [];
  writeHead() {
    this.headersSent = true;
  }
  write(text: string) {
    this.written.push(/^event: (.*)$/m.exec(text)![1]!);
  }
  end() {
    this.ended = true;
  }
}

describe('streamEvents', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const events: readonly TimedEvent[] = [
    { waitMs: 100, event: { type: 'a' } },
    { waitMs: 0, event: { type: 'b' } },
    { waitMs: 50, event: { type: 'c' } },
  ];

  function start(scale: number): FakeResponse {
    const response = new FakeResponse();
    streamEvents(response as unknown as ServerResponse, events, scale);
    return response;
  }

  it('sends each event when it is due', () => {
    const response = start(1);
    vi.advanceTimersByTime(99);
    expect(response.headersSent).toBe(false);
    vi.advanceTimersByTime(1);
    expect(response.written).toEqual(['a', 'b']);
    vi.advanceTimersByTime(49);
    expect(response.ended).toBe(false);
    vi.advanceTimersByTime(1);
    expect(response.written).toEqual(['a', 'b', 'c']);
    expect(response.ended).toBe(true);
  });

  it('multiplies the delays by the pace', () => {
    const response = start(2);
    vi.advanceTimersByTime(299);
    expect(response.ended).toBe(false);
    vi.advanceTimersByTime(1);
    expect(response.ended).toBe(true);
  });

  it('sends everything at once at pace 0', () => {
    const response = start(0);
    expect(response.ended).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer when the client disconnects', () => {
    const response = start(1);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(1);
    response.emit('close');
    expect(vi.getTimerCount()).toBe(0);
    expect(response.ended).toBe(false);
  });
});
