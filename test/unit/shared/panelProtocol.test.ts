import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FromPanel,
  maxCopyLength,
  maxLinkLength,
  parseFromPanel,
} from '../../../src/shared/panelProtocol.ts';

const plain = [
  'cancelRun',
  'rerunFailed',
  'runRemaining',
  'resumeRun',
  'copyAll',
  'reviewAllChanges',
  'applyAllChanges',
  'exportResults',
  'showLog',
  'selectModel',
  'reviewApprovals',
] as const;
const ofConversation = [
  'cancelConversation',
  'retryConversation',
  'continueConversation',
  'copyAnswer',
  'revealPrompt',
  'openTranscript',
  'reviewChanges',
  'applyChanges',
  'setApiKey',
  'reviewApproval',
] as const;

const id = fc.maxSafeNat();
const noNullPrototype = { noNullPrototype: true } as const;

/** Every message the panel may send. */
const messages: fc.Arbitrary<FromPanel> = fc.oneof(
  fc.record({ type: fc.constant('ready' as const) }, noNullPrototype),
  fc.record({ type: fc.constantFrom(...plain), id }, noNullPrototype),
  fc.record(
    { type: fc.constantFrom(...ofConversation), conversation: fc.maxSafeNat(), id },
    noNullPrototype,
  ),
  fc.record(
    {
      ...{ type: fc.constant('applyFile' as const), conversation: fc.maxSafeNat() },
      ...{ path: fc.string(), id },
    },
    noNullPrototype,
  ),
  fc.record({ type: fc.constant('copyText' as const), text: fc.string(), id }, noNullPrototype),
  fc.record({ type: fc.constant('openLink' as const), url: fc.string(), id }, noNullPrototype),
);

/** Objects that look like messages but whose fields hold anything. */
const forgeries = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom(
        'ready',
        ...plain,
        ...ofConversation,
        'copyText',
        'openLink',
        'applyFile',
        'resume',
      ),
      fc.constantFrom('constructor', 'toString', '__proto__', 'hasOwnProperty'),
      fc.anything(),
    ),
    id: fc.oneof(id, fc.anything({ withBigInt: true, withBoxedValues: true })),
    conversation: fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true }),
    text: fc.anything(),
    path: fc.anything(),
    url: fc.anything(),
    ['__proto__']: fc.anything(),
    extra: fc.anything(),
  },
  { requiredKeys: ['type'] },
);

const knownFields: ReadonlySet<string> = new Set([
  'type',
  'id',
  'conversation',
  'text',
  'url',
  'path',
]);

describe('a message from the results panel', () => {
  it('is copied with its known fields only', () => {
    fc.assert(
      fc.property(messages, fc.dictionary(fc.string(), fc.anything()), (message, more) => {
        const parsed = parseFromPanel({ ...more, ...message });
        expect(parsed).toEqual(message);
        expect(parsed).not.toBe(message);
      }),
    );
  });

  it('is never anything but a valid message, whatever is sent', () => {
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
        const types = ['ready', ...plain, ...ofConversation, 'copyText', 'openLink', 'applyFile'];
        expect(types).toContain(parsed.type);
        expect('id' in parsed).toBe(parsed.type !== 'ready');
        if ('id' in parsed) {
          expect(Number.isSafeInteger(parsed.id)).toBe(true);
          expect(parsed.id).toBeGreaterThanOrEqual(0);
        }
        if ('conversation' in parsed) {
          expect(Number.isSafeInteger(parsed.conversation)).toBe(true);
          expect(parsed.conversation).toBeGreaterThanOrEqual(0);
        }
        if ('text' in parsed) expect(typeof parsed.text).toBe('string');
        if ('path' in parsed) expect(typeof parsed.path).toBe('string');
        if ('url' in parsed) expect(typeof parsed.url).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a missing index', { type: 'copyAnswer', id: 1 }],
    ['a negative index', { type: 'copyAnswer', conversation: -1, id: 1 }],
    ['half an index', { type: 'copyAnswer', conversation: 0.5, id: 1 }],
    ['an index in words', { type: 'copyAnswer', conversation: '1', id: 1 }],
    ['an infinite index', { type: 'copyAnswer', conversation: Number.POSITIVE_INFINITY, id: 1 }],
    ['no id', { type: 'copyAnswer', conversation: 1 }],
    ['a negative id', { type: 'cancelRun', id: -1 }],
    ['half an id', { type: 'cancelRun', id: 0.5 }],
    ['an id in words', { type: 'cancelRun', id: '1' }],
    ['an id that is not exact', { type: 'cancelRun', id: 2 ** 53 }],
    ['no path', { type: 'applyFile', conversation: 0, id: 1 }],
    ['no conversation', { type: 'applyFile', path: 'a.ts', id: 1 }],
    ['too long a path', { type: 'applyFile', conversation: 0, path: 'x'.repeat(5_001), id: 1 }],
    ['no text', { type: 'copyText', id: 1 }],
    ['too much text', { type: 'copyText', text: 'x'.repeat(maxCopyLength + 1), id: 1 }],
    ['too long a link', { type: 'openLink', url: 'x'.repeat(maxLinkLength + 1), id: 1 }],
    ['an unknown type', { type: 'deleteEverything', id: 1 }],
    ['an inherited name', { type: 'toString', id: 1 }],
    ['a type of another type', { type: ['ready'], id: 1 }],
    ['no message', null],
    ['a string', 'ready'],
  ])('is refused with %s', (_, message) => {
    expect(parseFromPanel(message)).toBeUndefined();
  });

  it('is read without running getters, conversions or inherited code', () => {
    const trap = (): never => {
      throw new Error('was run');
    };
    const value = { valueOf: trap, toString: trap };
    const getter = Object.defineProperty({}, 'type', { get: trap, enumerable: true });
    expect(parseFromPanel(getter)).toBeUndefined();
    expect(parseFromPanel({ type: 'copyAnswer', conversation: value, id: 1 })).toBeUndefined();
    expect(parseFromPanel({ type: 'cancelRun', id: value })).toBeUndefined();
    expect(parseFromPanel(Object.create({ type: 'ready' }))).toBeUndefined();
  });

  it('may be as long as the limits allow', () => {
    const copy = { type: 'copyText', text: 'x'.repeat(maxCopyLength), id: 1 };
    expect(parseFromPanel(copy)).toEqual(copy);
    const link = { type: 'openLink', url: 'x'.repeat(maxLinkLength), id: 1 };
    expect(parseFromPanel(link)).toEqual(link);
  });
});
