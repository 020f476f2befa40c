import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/host/contributionIds.ts';
import type { PanelRun } from '../../../src/views/panelMessages.ts';
import { handlePanelMessage } from '../../../src/views/panelMessages.ts';

const run: PanelRun = {
  id: 'run-1',
  state: { conversations: [{ provider: 'anthropic' }, { provider: 'openai' }] },
};

/** The effects of a message, as a list. */
function effectsOf(message: unknown): readonly (readonly unknown[])[] {
  const seen: (readonly unknown[])[] = [];
  handlePanelMessage(message, run, {
    ready: () => seen.push(['ready']),
    execute: (command, argument) => seen.push(['execute', command, argument]),
    copy: (text) => seen.push(['copy', text]),
    openLink: (url) => seen.push(['openLink', url]),
  });
  return seen;
}

describe('Messages of the results panel', () => {
  it.each([
    ['cancelRun', commands.cancelRun],
    ['rerunFailed', commands.rerunFailed],
    ['runRemaining', commands.runRemaining],
    ['resumeRun', commands.resumeRun],
    ['copyAll', commands.copyAll],
    ['exportResults', commands.exportResults],
    ['showLog', commands.showLog],
  ])('%s becomes a command on its own run', (type, command) => {
    const message = { type, runId: 'other', conversation: 1 };
    expect(effectsOf(message)).toEqual([['execute', command, { runId: 'run-1' }]]);
  });

  it.each([
    ['cancelConversation', commands.cancelConversation],
    ['retryConversation', commands.retryConversation],
    ['continueConversation', commands.continueConversation],
    ['copyAnswer', commands.copyAnswer],
    ['revealPrompt', commands.revealPrompt],
    ['openTranscript', commands.openTranscript],
  ])('%s becomes a command on a conversation of its own run', (type, command) => {
    expect(effectsOf({ type, conversation: 1 })).toEqual([
      ['execute', command, { runId: 'run-1', conversation: 1 }],
    ]);
  });

  it.each([2, -1, 0.5, Number.NaN, '0', null, undefined, {}, 1e300])(
    'an unknown conversation (%s) does nothing',
    (conversation) => {
      expect(effectsOf({ type: 'cancelConversation', conversation })).toEqual([]);
    },
  );

  it("a key is requested for the host's provider, not for one that the panel names", () => {
    const message = { type: 'setApiKey', conversation: 1, provider: 'evil', runId: 'x' };
    expect(effectsOf(message)).toEqual([['execute', commands.setApiKey, 'openai']]);
  });

  it('ready, copied text and links have their own effects', () => {
    expect(effectsOf({ type: 'ready' })).toEqual([['ready']]);
    expect(effectsOf({ type: 'copyText', text: 'a' })).toEqual([['copy', 'a']]);
    expect(effectsOf({ type: 'openLink', url: 'u' })).toEqual([['openLink', 'u']]);
  });

  it('10,000 hostile messages cause no exception and no command outside the table', () => {
    const type = fc.oneof(
      fc.constantFrom('ready', 'cancelRun', 'setApiKey', 'copyText', 'openLink', '__proto__'),
      fc.constantFrom('constructor', 'toString', 'execute', 'workbench.action.quit'),
      fc.string(),
    );
    const hostile = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true }),
      fc.record(
        { type, conversation: fc.anything(), text: fc.anything(), url: fc.anything() },
        { requiredKeys: ['type'] },
      ),
    );
    const known = new Set<unknown>(Object.values(commands));
    fc.assert(
      fc.property(hostile, (message) => {
        for (const [effect, first, second] of effectsOf(message)) {
          if (effect !== 'execute') continue;
          expect(known).toContain(first);
          if (typeof second === 'object') expect(second).toHaveProperty('runId', 'run-1');
          else expect(['anthropic', 'openai']).toContain(second);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
