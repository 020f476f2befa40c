import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FromPanel,
  maxCopyLength,
  maxLinkLength,
  parseFromPanel,
} from '../../../src/shared/panelProtocol.ts';

const plain = [
  'ready',
  'cancelRun',
  'rerunFailed',
  'runRemaining',
  'resumeRun',
  'copyAll',
  'exportResults',
  'showLog',
] as const;
const ofConversation = [
  'cancelConversation',
  'retryConversation',
  'continueConversation',
  'copyAnswer',
  'revealPrompt',
  'openTranscript',
  'setApiKey',
] as const;

/** Every message the panel may send. */
const messages: fc.Arbitrary<FromPanel> = fc.oneof(
  fc.record({ type: fc.constantFrom(...plain) }, { noNullPrototype: true }),
  fc.record(
    { type: fc.constantFrom(...ofConversation), conversation: fc.maxSafeNat() },
    { noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant('copyText' as const), text: fc.string() },
    { noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant('openLink' as const), url: fc.string() },
    { noNullPrototype: true },
  ),
);

/** Objects that look like messages but whose fields hold anything. */
const forgeries = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom(...plain, ...ofConversation, 'copyText', 'openLink', 'resume'),
      fc.constantFrom('constructor', 'toString', '__proto__', 'hasOwnProperty'),
      fc.anything(),
    ),
    conversation: fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true }),
    text: fc.anything(),
    url: fc.anything(),
    ['__proto__']: fc.anything(),
    extra: fc.anything(),
  },
  { requiredKeys: ['type'] },
);

const knownFields: ReadonlySet<string> = new Set(['type', 'conversation', 'text', 'url']);

describe('a message from the results panel', () => {
  it('is taken as it is when it is one, without what else it carries', () => {
    fc.assert(
      fc.property(messages, fc.dictionary(fc.string(), fc.anything()), (message, more) => {
        const parsed = parseFromPanel({ ...more, ...message });
        expect(parsed).toEqual(message);
        expect(parsed).not.toBe(message);
      }),
    );
  });

  it('is never anything but a known message, whatever is sent', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(fc.oneof(anything, forgeries), (sent) => {
        const parsed = parseFromPanel(sent);
        if (parsed === undefined) return;
        expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
        expect(Object.keys(parsed).filter((key) => !knownFields.has(key))).toEqual([]);
        expect([...plain, ...ofConversation, 'copyText', 'openLink']).toContain(parsed.type);
        if ('conversation' in parsed) {
          expect(Number.isSafeInteger(parsed.conversation)).toBe(true);
          expect(parsed.conversation).toBeGreaterThanOrEqual(0);
        }
        if ('text' in parsed) expect(typeof parsed.text).toBe('string');
        if ('url' in parsed) expect(typeof parsed.url).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a missing index', { type: 'copyAnswer' }],
    ['a negative index', { type: 'copyAnswer', conversation: -1 }],
    ['half an index', { type: 'copyAnswer', conversation: 0.5 }],
    ['an index in words', { type: 'copyAnswer', conversation: '1' }],
    ['an infinite index', { type: 'copyAnswer', conversation: Number.POSITIVE_INFINITY }],
    ['no text', { type: 'copyText' }],
    ['too much text', { type: 'copyText', text: 'x'.repeat(maxCopyLength + 1) }],
    ['too long a link', { type: 'openLink', url: 'x'.repeat(maxLinkLength + 1) }],
    ['an unknown type', { type: 'deleteEverything' }],
    ['an inherited name', { type: 'toString' }],
    ['a type of another type', { type: ['ready'] }],
    ['no message', null],
    ['a string', 'ready'],
  ])('is refused with %s', (_, message) => {
    expect(parseFromPanel(message)).toBeUndefined();
  });

  it('is read without running anything in it or in what it inherits', () => {
    const trap = (): never => {
      throw new Error('was run');
    };
    const getter = Object.defineProperty({}, 'type', { get: trap, enumerable: true });
    expect(parseFromPanel(getter)).toBeUndefined();
    const index = { type: 'copyAnswer', conversation: { valueOf: trap, toString: trap } };
    expect(parseFromPanel(index)).toBeUndefined();
    expect(parseFromPanel(Object.create({ type: 'ready' }))).toBeUndefined();
  });

  it('may be as long as the limits say', () => {
    const text = 'x'.repeat(maxCopyLength);
    expect(parseFromPanel({ type: 'copyText', text })).toEqual({ type: 'copyText', text });
    const url = 'x'.repeat(maxLinkLength);
    expect(parseFromPanel({ type: 'openLink', url })).toEqual({ type: 'openLink', url });
  });
});
