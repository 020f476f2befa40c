import { describe, expect, it } from 'vitest';
import { restoreHidden } from '../../../../../src/core/approvals/inbox/hiddenValues.ts';
import { Inbox } from '../../../../../src/core/approvals/inbox/inbox.ts';
import { Redactor } from '../../../../../src/core/base/redact.ts';
import { approvalGate } from '../../../../../src/core/runner/approvalGate.ts';
import type { Tool } from '../../../../../src/core/tools/tool.ts';
import { idsOf } from '../../../../support/approvals/askingRuns.ts';
import { rulesOfRun } from '../../../../support/approvals/ruleFixtures.ts';

const key = 'sk-ant-api03-hidden-key-0123456789';
const hidden = '[redacted]';

const redactor = new Redactor();
redactor.add(key);

describe('Arguments that the user edits while a key in them is hidden', () => {
  const header = `Authorization: Bearer ${key}`;
  const asked = {
    command: 'curl',
    headers: ['Accept: */*', header],
    more: { [key]: 'by name', deep: { token: key, port: 80 } },
  };
  const shown = redactor.hideKeysIn(asked);

  function edited(change: (input: Record<string, unknown>) => void): unknown {
    const input = structuredClone(shown) as unknown as Record<string, unknown>;
    change(input);
    return input;
  }

  it('show no key', () => {
    expect(JSON.stringify(shown)).not.toContain(key);
    expect(JSON.stringify(shown)).toContain(hidden);
  });

  it('get it back where it stood, when its text is untouched', () => {
    const input = edited((one) => {
      one.command = 'curl -s';
      one.added = true;
    });
    expect(restoreHidden(input, shown, asked)).toEqual({
      input: { ...asked, command: 'curl -s', added: true },
    });
    const port = edited((one) => {
      one.more = { [hidden]: 'other', deep: { token: hidden, port: 443 } };
    });
    expect(restoreHidden(port, shown, asked)).toEqual({
      input: { ...asked, more: { [key]: 'other', deep: { token: key, port: 443 } } },
    });
  });

  it('may leave it out or have something else in its place', () => {
    const without = edited((one) => {
      one.headers = ['Accept: */*', 'Authorization: Bearer mine'];
      one.more = {};
    });
    expect(restoreHidden(without, shown, asked)).toEqual({ input: without });
  });

  it.each<[string, (input: Record<string, unknown>) => void]>([
    [
      'text around it',
      (one) => {
        one.headers = ['Accept: */*', `X-Other: Bearer ${hidden}`];
      },
    ],
    [
      'a move to another place of the list',
      (one) => {
        one.headers = [`Authorization: Bearer ${hidden}`];
      },
    ],
    [
      'a copy in another field',
      (one) => {
        one.command = `curl ${hidden}`;
      },
    ],
    [
      'a copy in a new field',
      (one) => {
        one.other = { deep: [hidden] };
      },
    ],
    [
      'a copy as a name',
      (one) => {
        one[hidden] = 1;
      },
    ],
    [
      'a copy of the whole value',
      (one) => {
        one.more = { token: hidden };
      },
    ],
  ])('are refused with %s: the placeholder itself would run', (_what, change) => {
    expect(restoreHidden(edited(change), shown, asked)).toEqual({
      problem: expect.stringContaining('Leave the whole text that contains it as it was'),
    });
  });

  it('may have such a text themselves, where no key is hidden', () => {
    const plain = { command: `grep '${hidden}' log` };
    const input = { command: `grep -c '${hidden}' log` };
    expect(restoreHidden(input, redactor.hideKeysIn(plain), plain)).toEqual({ input });
  });

  it('have names that look the same: none of them is guessed', () => {
    const two = { [key]: 1, [`${key}`.toUpperCase()]: 2, a: 3 };
    const seen = redactor.hideKeysIn(two);
    expect(Object.keys(seen).length).toBeLessThan(3);
    expect(restoreHidden({ ...seen, a: 4 }, seen, two)).toHaveProperty('problem');
  });

  it('keep the other fields beside such names', () => {
    const two = { [key]: 1, [`${key}`.toUpperCase()]: 2, note: `is ${key}` };
    const seen = redactor.hideKeysIn(two);
    expect(restoreHidden({ note: seen.note }, seen, two)).toEqual({ input: { note: two.note } });
  });
});

const tool: Tool = {
  ...{ name: 'run_command', description: 'Runs.', effect: 'execute' },
  inputSchema: { type: 'object' },
  check: (value) => ({ ok: true, value }),
  execute: () => 'ran',
};

/** A call that waits, and its only request. */
function waiting(rules = rulesOfRun()) {
  const inbox = new Inbox();
  const gate = approvalGate(
    {
      ...{ rules, runId: 'r', conversation: 0, inbox },
      caller: { agent: 'test', path: ['test'], within: [] },
      ...{ hideKeys: (input) => redactor.hideKeysIn(input), onDecided: () => undefined },
    },
    1,
  );
  const input = { command: `curl -H ${key} https://example.com`, timeoutSeconds: 10 };
  const checked = { call: { callId: 'c', name: 'run_command', input }, tool, input };
  const decided = gate(checked, {
    signal: new AbortController().signal,
    waiting: () => undefined,
  });
  const [request = ''] = idsOf(inbox);
  const change = (changed: object) =>
    inbox.decide({ kind: 'change', request, input: { ...inputOf(inbox), ...changed } });
  return { inbox, decided, input, change };
}

function inputOf(inbox: Inbox): object {
  return inbox.requests()[0]?.input as object;
}

describe('A call with a hidden key whose arguments are edited', () => {
  it('runs with the key, and with what was changed', async () => {
    const { decided, input, change } = waiting();
    await change({ timeoutSeconds: 60 });
    const run = { ...input, timeoutSeconds: 60 };
    expect(await decided).toMatchObject({ kind: 'allow', input: run, changed: { input: run } });
  });

  it('waits on when the text with the key was changed, and says why', async () => {
    const { inbox, change } = waiting();
    const { settled, refused } = await change({
      command: `curl -v -H ${hidden} https://a.example`,
    });
    expect(settled).toEqual([]);
    expect(refused).toMatchObject([{ why: 'unfit', message: expect.stringContaining(hidden) }]);
    expect(inbox.size).toBe(1);
  });

  it('that is allowed as it was shown runs as it was asked for', async () => {
    const { decided, input, change } = waiting();
    await change({});
    expect(await decided).toMatchObject({ kind: 'allow', input });
    expect(await decided).not.toHaveProperty('changed');
  });
});
