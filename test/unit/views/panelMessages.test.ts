import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/host/contributionIds.ts';
import type { PanelEffects, PanelRun } from '../../../src/views/panelMessages.ts';
import { handlePanelMessage } from '../../../src/views/panelMessages.ts';

const run: PanelRun = {
  id: 'run-1',
  state: { conversations: [{ provider: 'anthropic' }, { provider: 'openai' }] },
};

type Effect = readonly unknown[];

/** The effects of a message, in order, with the answer. */
async function effectsOf(
  message: unknown,
  fakes: Partial<PanelEffects> = {},
): Promise<readonly Effect[]> {
  const seen: Effect[] = [];
  await handlePanelMessage(message, run, {
    ready: () => seen.push(['ready']),
    execute: async (command, argument) => void seen.push(['execute', command, argument]),
    copy: async (text) => {
      seen.push(['copy', text]);
      return 'Copied';
    },
    openLink: async (url) => seen.push(['openLink', url]) > 0,
    answerNotice: async (...answer) => void seen.push(['answerNotice', ...answer]),
    openFile: async (target) => void seen.push(['openFile', target]),
    answer: (answer) => seen.push(['answer', answer]),
    ...fakes,
  });
  return seen;
}

/** The answer to a request, however the host carries it out. */
async function answerTo(request: object, fakes: Partial<PanelEffects>): Promise<unknown> {
  const answers: unknown[] = [];
  const answer = (one: unknown): number => answers.push(one);
  await effectsOf({ ...request, id: 3 }, { ...fakes, answer });
  expect(answers).toHaveLength(1);
  return answers[0];
}

const done = ['answer', { type: 'answer', id: 3, ok: true }];

describe('Messages of the results panel', () => {
  it.each([
    ['cancelRun', commands.cancelRun],
    ['rerunFailed', commands.rerunFailed],
    ['runRemaining', commands.runRemaining],
    ['resumeRun', commands.resumeRun],
    ['copyAll', commands.copyAll],
    ['reviewAllChanges', commands.reviewChanges],
    ['applyAllChanges', commands.applyChanges],
    ['exportResults', commands.exportResults],
    ['showLog', commands.showLog],
    ['reviewApprovals', commands.reviewApprovals],
  ])('%s becomes a command on its own run', async (type, command) => {
    const message = { type, runId: 'other', conversation: 1, id: 3 };
    expect(await effectsOf(message)).toEqual([['execute', command, { runId: 'run-1' }], done]);
  });

  it.each([
    ['cancelConversation', commands.cancelConversation],
    ['retryConversation', commands.retryConversation],
    ['continueConversation', commands.continueConversation],
    ['copyAnswer', commands.copyAnswer],
    ['revealPrompt', commands.revealPrompt],
    ['openTranscript', commands.openTranscript],
    ['reviewApproval', commands.reviewApprovals],
    ['reviewChanges', commands.reviewChanges],
    ['applyChanges', commands.applyChanges],
  ])('%s becomes a command on a conversation of its own run', async (type, command) => {
    expect(await effectsOf({ type, conversation: 1, id: 3 })).toEqual([
      ['execute', command, { runId: 'run-1', conversation: 1 }],
      done,
    ]);
  });

  it('applyFile names the file of the conversation', async () => {
    const message = { type: 'applyFile', conversation: 1, path: 'src/a.ts', id: 3 };
    const target = { runId: 'run-1', conversation: 1, path: 'src/a.ts' };
    expect(await effectsOf(message)).toEqual([['execute', commands.applyChanges, target], done]);
  });

  it.each([-1, 0.5, Number.NaN, '0', null, undefined, {}, 1e300])(
    'a conversation that is not an index (%s) does nothing',
    async (conversation) => {
      expect(await effectsOf({ type: 'cancelConversation', conversation, id: 3 })).toEqual([]);
    },
  );

  it('a conversation that the run does not have is refused', async () => {
    const message = 'This run has no such conversation.';
    expect(await effectsOf({ type: 'cancelConversation', conversation: 2, id: 3 })).toEqual([
      ['answer', { type: 'answer', id: 3, ok: false, message }],
    ]);
  });

  it.each(['allowCall', 'allowEqual', 'allowAlways', 'denyCall', 'decide'])(
    'the page itself decides on no tool call (%s)',
    async (type) => {
      for (const message of [
        { type },
        { type, conversation: 1 },
        { type, requests: [{ id: 'x' }] },
      ]) {
        expect(await effectsOf({ ...message, id: 3 })).toEqual([]);
      }
    },
  );

  it('a request without an id does nothing', async () => {
    expect(await effectsOf({ type: 'cancelRun' })).toEqual([]);
  });

  it('a key is requested for the provider of the host and not for one that the panel names', async () => {
    const message = { type: 'setApiKey', conversation: 1, provider: 'evil', runId: 'x', id: 3 };
    expect(await effectsOf(message)).toEqual([['execute', commands.setApiKey, 'openai'], done]);
  });

  it('ready, copied text and links have their own effects', async () => {
    expect(await effectsOf({ type: 'ready' })).toEqual([['ready']]);
    expect(await effectsOf({ type: 'copyText', text: 'a', id: 3 })).toEqual([
      ['copy', 'a'],
      ['answer', { type: 'answer', id: 3, ok: true, message: 'Copied' }],
    ]);
    expect(await effectsOf({ type: 'openLink', url: 'u', id: 3 })).toEqual([
      ['openLink', 'u'],
      done,
    ]);
  });

  it.each([
    ['the message of a command', { ok: true, message: 'Copied 3 characters' }],
    ['why a command was refused', { ok: false, message: 'This run is not running.' }],
    ['that the user declined', { ok: false }],
  ])('the answer tells %s', async (_, outcome) => {
    const execute = async () => ({ ...outcome, secret: 'not for the page' });
    const answer = await answerTo({ type: 'copyAll' }, { execute });
    expect(answer).toStrictEqual({ type: 'answer', id: 3, ...outcome });
  });

  it.each([undefined, null, 'text', 7, { scheme: 'file' }])(
    'a command that resolves with anything else (%s) counts as success',
    async (result) => {
      const execute = async () => result;
      expect(await answerTo({ type: 'showLog' }, { execute })).toStrictEqual(done[1]);
    },
  );

  it('a failure is answered: of a copy, a link and a command', async () => {
    const message = 'Nothing was copied.';
    const fails = () => Promise.reject(new Error(message));
    const failed = { type: 'answer', id: 3, ok: false, message };
    const throws = (): never => {
      throw new Error(message);
    };
    expect(await answerTo({ type: 'copyText', text: 'a' }, { copy: fails })).toEqual(failed);
    expect(await answerTo({ type: 'openLink', url: 'u' }, { openLink: fails })).toEqual(failed);
    expect(await answerTo({ type: 'copyAll' }, { execute: fails })).toEqual(failed);
    expect(await answerTo({ type: 'copyAll' }, { execute: throws })).toEqual(failed);
  });

  it('10,000 hostile messages cause no exception and no command outside the table', async () => {
    const type = fc.oneof(
      fc.constantFrom('ready', 'cancelRun', 'setApiKey', 'copyText', 'openLink', '__proto__'),
      fc.constantFrom('constructor', 'toString', 'execute', 'workbench.action.quit'),
      fc.string(),
    );
    const hostile = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true }),
      fc.record(
        {
          ...{ type, id: fc.oneof(fc.nat(), fc.anything()) },
          ...{ conversation: fc.anything(), text: fc.anything(), url: fc.anything() },
        },
        { requiredKeys: ['type'] },
      ),
    );
    const known = new Set<unknown>(Object.values(commands));
    await fc.assert(
      fc.asyncProperty(hostile, async (message) => {
        for (const [effect, first, second] of await effectsOf(message)) {
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
