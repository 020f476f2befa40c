import { beforeEach, describe, expect, it, vi } from 'vitest';
import { showError } from '../../../src/commands/showError.ts';
import { UserError } from '../../../src/core/base/errors.ts';
import { Redactor } from '../../../src/core/base/redact.ts';
import { Log } from '../../../src/host/log.ts';
import { askModal, flashStatus, showMessage, whileNotifying } from '../../../src/host/messages.ts';
import { askText, pickMany, pickOne, plainPick } from '../../../src/host/picks.ts';
import { openLink } from '../../../src/views/panelLinks.ts';
import { plainItem } from '../../../src/views/plainItem.ts';

/** All texts passed to VS Code. */
const given = vi.hoisted(() => ({ texts: [] as string[] }));

vi.mock('vscode', () => {
  const note = (...values: unknown[]): void => {
    JSON.stringify(values, (_key, value: unknown) => {
      if (typeof value === 'string') given.texts.push(value);
      return value;
    });
  };
  const take = async (...values: unknown[]): Promise<void> => note(...values);
  return {
    ProgressLocation: { Notification: 15 },
    TreeItemCollapsibleState: { None: 0 },
    TreeItem: class {
      constructor(label: string) {
        note(label);
      }
      set description(text: string) {
        note(text);
      }
      set tooltip(text: string) {
        note(text);
      }
      set accessibilityInformation(information: object) {
        note(information);
      }
    },
    window: {
      showInformationMessage: take,
      showWarningMessage: take,
      showErrorMessage: take,
      setStatusBarMessage: take,
      showInputBox: take,
      showQuickPick: async (items: unknown, options: unknown) => note(await items, options),
      withProgress: async (options: unknown, act: (progress: object, token: object) => unknown) => {
        note(options);
        return act({}, {});
      },
      createOutputChannel: () => ({ append: () => undefined, dispose: () => undefined }),
    },
  };
});

const hostile = '[Sign in](command:evil) $(flame) \u202e';
const plain = '[Sign in] (command:evil) $ (flame) [U+202E]';

beforeEach(() => {
  given.texts = [];
});

const item = { label: hostile, description: hostile, detail: hostile };
const log = new Log(new Redactor());

describe('Text passed to VS Code', () => {
  it.each<[string, () => unknown, number]>([
    ['notifications', () => showMessage('information', hostile), 1],
    ['warnings', () => showMessage('warning', hostile), 1],
    ['questions', () => askModal(hostile, hostile, []), 2],
    ['errors for the user', () => showError(new UserError(hostile), log), 1],
    ['other errors', () => showError(new Error(hostile), log), 1],
    ['progress', () => whileNotifying(hostile, async () => undefined), 1],
    ['the status bar', () => flashStatus('check', hostile, 1), 1],
    ['a link that is refused', () => openLink(`command:evil ${hostile}`), 1],
    ['lists', () => pickOne([item], hostile), 4],
    ['quick picks with check boxes', () => pickMany(Promise.resolve([item]), hostile, 'Check'), 4],
    ['input boxes', () => askText({ title: hostile, prompt: hostile, check: () => '' }), 2],
    [
      'tree rows',
      () => plainItem({ label: hostile, description: hostile, tooltip: hostile, spoken: hostile }),
      4,
    ],
  ])('is plain text: %s', async (_where, act, count) => {
    await act();
    const foreign = given.texts.filter((text) => text.includes('Sign in'));
    expect(foreign).toHaveLength(count);
    for (const text of foreign) expect(text).toContain(plain);
  });

  it('keeps other properties of an item', () => {
    const action = { kind: 'retry' };
    expect(plainPick({ ...item, action, alwaysShow: true })).toMatchObject({
      ...{ action, alwaysShow: true },
      ...{ label: plain, description: plain, detail: plain },
    });
  });
});
