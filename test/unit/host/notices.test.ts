import { beforeEach, describe, expect, it, vi } from 'vitest';
import { answerNotice } from '../../../src/commands/answerNotice.ts';
import { type AskedNotice, Notices } from '../../../src/host/notices.ts';
import { settled } from '../../support/settled.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

beforeEach(() => person.reset());

const question: AskedNotice = {
  id: 'key',
  severity: 'information',
  text: 'No key is set.',
  choices: ['Demo', 'Set Key'],
};

describe('a question', () => {
  it('is answered in its notification', async () => {
    person.chooses = 'Demo';
    const notices = new Notices();
    expect(await notices.ask(question)).toBe('Demo');
    expect(notices.all).toEqual([]);
  });

  it('stays when its notification is closed, until it is answered in a view', async () => {
    const notices = new Notices();
    const answer = notices.ask(question);
    await settled();
    expect(notices.all).toMatchObject([{ id: 'key', choices: ['Demo', 'Set Key'] }]);
    notices.answer('key', 'no such choice');
    expect(notices.all).toHaveLength(1);
    await answerNotice({ notices })({ notice: 'key', choice: 'Set Key' });
    expect(await answer).toBe('Set Key');
  });

  it('offers its choices where it is clicked, and can be dismissed', async () => {
    const notices = new Notices();
    const answer = notices.ask(question);
    await settled();
    await answerNotice({ notices })({ notice: 'key' });
    expect(person.lists.at(-1)?.map(({ label }) => label)).toEqual(['Demo', 'Set Key', 'Dismiss']);
    expect(notices.all).toHaveLength(1);
    person.chooses = 'Dismiss';
    await answerNotice({ notices })({ notice: 'key' });
    expect(await answer).toBeUndefined();
  });

  it('that is out of date is withdrawn, and a late answer does nothing', async () => {
    const notices = new Notices();
    const first = notices.ask(question);
    const second = notices.ask(question);
    expect(await first, 'replaced by the same question').toBeUndefined();
    notices.withdraw('key');
    expect(await second).toBeUndefined();
    await answerNotice({ notices })({ notice: 'key', choice: 'Demo' });
    expect(notices.all).toEqual([]);
  });
});
