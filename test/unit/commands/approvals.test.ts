import { beforeEach, describe, expect, it, vi } from 'vitest';
import { allowCall, allowEqual, allowFor } from '../../../src/commands/approvals/allow.ts';
import { allowChanged, allowEdited } from '../../../src/commands/approvals/allowChanged.ts';
import { answerQuestion } from '../../../src/commands/approvals/answer.ts';
import { decideCall } from '../../../src/commands/approvals/decideCall.ts';
import { denyCall } from '../../../src/commands/approvals/deny.ts';
import { showCall } from '../../../src/commands/approvals/showCall.ts';
import type { CommandServices } from '../../../src/commands/commandServices.ts';
import { ArgumentEdits } from '../../../src/host/argumentEdits.ts';
import { command, fetchUrl, question } from '../../support/approvals/askingRuns.ts';
import { waitingRun } from '../../support/approvals/waiting.ts';
import { settled } from '../../support/settled.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

const opened = vi.hoisted(() => [] as { readonly query: string }[]);
/** The unsaved document in front. */
const editor = vi.hoisted(() => ({ text: '', closed: 0 }));
vi.mock('vscode', async () => {
  const fake = await import('../../support/vscode/fakeVscode.ts');
  const nothing = () => ({ dispose: () => undefined });
  const document = { uri: { toString: () => 'untitled:1' }, getText: () => editor.text };
  return {
    ...fake,
    commands: { executeCommand: async () => void editor.closed++ },
    window: {
      ...fake.window,
      activeTextEditor: { document },
      onDidChangeActiveTextEditor: nothing,
      showTextDocument: async (shown: { readonly query?: string }) => {
        if (shown.query !== undefined) opened.push({ query: shown.query });
      },
    },
    workspace: {
      onDidCloseTextDocument: nothing,
      openTextDocument: async ({ content }: { readonly content: string }) => {
        editor.text = content;
        return document;
      },
    },
  };
});

beforeEach(() => {
  person.reset();
  opened.length = 0;
  editor.closed = 0;
});

/** What waits in a window, and the services of its commands. */
async function asking(...given: Parameters<typeof waitingRun>) {
  const waiting = await waitingRun(...given);
  /** What was added to the user's rules. */
  const added: string[] = [];
  const services = {
    approvals: waiting.approvals,
    argumentEdits: new ArgumentEdits(),
    configuration: { addRule: async (rule: string) => void added.push(rule) },
    log: { safe: (text: string) => text },
    runs: waiting.runs,
  } as unknown as CommandServices;
  return { ...waiting, services, added };
}

/** Each conversation asks for this command in its first turn. */
const eachAsksFor = (text: string) => (_prompt: string, turn: number) =>
  turn === 1 ? [command(text)] : [];

const named = (...ids: readonly (string | undefined)[]) => ({
  requests: ids.map((id) => ({ id })),
});
const labels = () => person.lists.map((list) => list.map(({ label }) => label));

describe('Allow', () => {
  it('lets one call run at once, and leaves the others', async () => {
    const { services, ids, tools, inbox } = await asking(eachAsksFor('npm test'), ['a', 'b']);
    expect(await allowCall(services)(named(ids()[1]))).toEqual({ settled: 1, refused: 0 });
    await settled();
    expect(person.lists).toEqual([]);
    expect(tools.ran).toEqual([{ command: 'npm test' }]);
    expect(inbox.size).toBe(1);
  });

  it('says that a decision came too late, and changes nothing', async () => {
    const { services, ids, tools } = await asking(eachAsksFor('npm test'), ['a']);
    const [late] = ids();
    await allowCall(services)(named(late));
    await expect(denyCall(services)(named(late))).rejects.toThrow(
      'Nothing was decided. This call does not wait any more',
    );
    await settled();
    expect(tools.ran).toHaveLength(1);
  });

  it('names those of several that came too late', async () => {
    const { services, ids } = await asking(eachAsksFor('npm test'), ['a', 'b', 'c']);
    const [first, ...others] = ids();
    await allowCall(services)(named(first));
    person.chooses = 'Allow 2 Calls';
    expect(await allowCall(services)(named(first, ...others))).toEqual({ settled: 2, refused: 1 });
    expect(person.messages.map(({ text }) => text)).toEqual([
      '1 call of 3 was not allowed. This call does not wait any more: it was decided on, or its conversation has ended.',
    ]);
  });

  it('without a call lets a person pick from what waits', async () => {
    const { services, inbox } = await asking(
      (prompt, turn) => (turn === 1 ? [command(prompt === 'a' ? 'npm test' : 'npm ci')] : []),
      ['a', 'b', 'c'],
    );
    person.chooses = 'run_command: npm test';
    await allowCall(services)();
    expect(person.lists[0]).toMatchObject([
      { label: 'run_command: npm test', description: expect.stringMatching(/^1 conversation · /) },
      { label: 'run_command: npm ci', description: expect.stringMatching(/^2 conversations · /) },
    ]);
    expect(inbox.size).toBe(2);
  });
});

describe('A decision that settles several', () => {
  const prompts = ['a', 'b', 'c'];
  const asks = (prompt: string, turn: number) =>
    turn === 1 ? [command(prompt === 'c' ? 'rm -rf build' : 'npm test')] : [];

  it('shows first what it settles and what stays, and its first entry decides nothing', async () => {
    const { services, ids, inbox } = await asking(asks, prompts);
    person.chooses = 'Keep Waiting';
    expect(await allowEqual(services)(named(ids()[0]))).toBeUndefined();
    expect(labels()).toEqual([
      ['Keep Waiting', 'Allow 2 Calls', 'Settled: 2', 'P0', 'P1', 'Stay: 1', 'P2'],
    ]);
    expect(inbox.size).toBe(3);
  });

  it('is carried out when it is chosen', async () => {
    const { services, ids, tools, inbox } = await asking(asks, prompts);
    person.chooses = 'Allow 2 Calls';
    expect(await allowEqual(services)(named(ids()[0]))).toEqual({ settled: 2, refused: 0 });
    await settled();
    expect(tools.ran).toEqual([{ command: 'npm test' }, { command: 'npm test' }]);
    expect(inbox.size).toBe(1);
  });

  it('opens a call of the lists to look at, and decides nothing', async () => {
    const { services, ids, inbox } = await asking(asks, prompts);
    person.chooses = 'P2';
    await allowEqual(services)(named(ids()[0]));
    expect(JSON.parse(opened[0]?.query ?? '')).toEqual({ id: ids()[2], equal: false });
    expect(inbox.size).toBe(3);
  });
});

describe('A rule made with a click', () => {
  it('shows all that it allows before it is made', async () => {
    const { services, ids, inbox } = await asking(eachAsksFor('npm test'), ['a', 'b']);
    await allowFor(services, 'run')(named(ids()[0]));
    expect(labels()[0]?.slice(0, 5)).toEqual([
      'Keep Waiting',
      'Allow 2 Calls',
      'The rule',
      expect.stringMatching(/^allow run_command\(npm test\)/),
      'Allows: the command: npm test',
    ]);
    expect(inbox.size).toBe(2);
  });

  it.each([
    ['conversation', 'Allow 1 Call', 1, []],
    ['run', 'Allow 2 Calls', 2, []],
    ['always', 'Allow 2 Calls', 2, [expect.stringMatching(/^allow run_command\(npm test\)/)]],
  ] as const)('for %s settles what is in its scope', async (scope, chooses, count, rules) => {
    const { services, ids, added, tools } = await asking(eachAsksFor('npm test'), ['a', 'b']);
    person.chooses = chooses;
    await allowFor(services, scope)(named(ids()[0]));
    await settled();
    expect(tools.ran).toHaveLength(count);
    expect(added).toEqual(rules);
  });

  it('holds in this window where the settings cannot be written, which is said', async () => {
    const { services, ids, tools } = await asking(eachAsksFor('npm test'), ['a']);
    services.configuration.addRule = () => Promise.reject(new Error('The disk is full.'));
    person.chooses = 'Allow 1 Call';
    await allowFor(services, 'always')(named(ids()[0]));
    await settled();
    expect(tools.ran).toHaveLength(1);
    expect(person.messages[0]?.text).toContain('holds until this window closes');
  });

  it('is refused without a list where another rule asks all the same', async () => {
    const rules = 'ask run_command(npm *)';
    const { services, ids, inbox } = await asking(eachAsksFor('npm test'), ['a'], rules);
    await expect(allowFor(services, 'run')(named(ids()[0]))).rejects.toThrow(
      'Nothing was decided. Another rule asks about this call',
    );
    expect(person.lists).toEqual([]);
    expect(inbox.size).toBe(1);
  });

  it('is not offered where no rule can name the call', async () => {
    const { services, ids, inbox } = await asking(eachAsksFor('echo *'), ['a']);
    await expect(allowFor(services, 'run')(named(ids()[0]))).rejects.toThrow(
      'Allow the call this once instead.',
    );
    expect(inbox.size).toBe(1);
  });
});

describe('Edit Arguments and Allow', () => {
  it('runs the call with the new arguments', async () => {
    const { services, ids, tools } = await asking(eachAsksFor('npm test'), ['a']);
    person.types = '{"command":"npm run lint"}';
    await allowChanged(services)(named(ids()[0]));
    await settled();
    expect(tools.ran).toEqual([{ command: 'npm run lint' }]);
  });

  it.each([
    ['what is no JSON', 'npm', /not JSON/],
    ['what does not fit the tool', '{"command":1}', /command/],
  ])('does not accept %s', async (_, types, problem) => {
    const { services, ids, inbox } = await asking(eachAsksFor('npm test'), ['a']);
    person.types = types;
    await allowChanged(services)(named(ids()[0]));
    expect(person.problems).toEqual([expect.stringMatching(problem)]);
    expect(inbox.size).toBe(1);
  });
});

describe('Long arguments', () => {
  const long = `echo ${'x'.repeat(400)}`;

  it('are edited in a document, and run as they stand there when they are allowed', async () => {
    const { services, ids, tools } = await asking(eachAsksFor(long), ['a']);
    await allowChanged(services)(named(ids()[0]));
    expect(JSON.parse(editor.text)).toEqual({ command: long });
    editor.text = '{ "command": "echo short" }';
    await allowEdited(services)();
    await settled();
    expect(tools.ran).toEqual([{ command: 'echo short' }]);
    expect(editor.closed).toBe(1);
  });

  it.each([
    ['no JSON', '{', 'Nothing was decided. This is not JSON.'],
    ['arguments that do not fit', '{}', /^Nothing was decided\. .*command/],
  ])('are refused and stay open when they are %s', async (_, text, message) => {
    const { services, ids, inbox } = await asking(eachAsksFor(long), ['a']);
    await allowChanged(services)(named(ids()[0]));
    editor.text = text;
    await expect(allowEdited(services)()).rejects.toThrow(message);
    expect(inbox.size).toBe(1);
    expect(editor.closed).toBe(0);
  });

  it('of a call that does not wait any more are refused', async () => {
    const { services, ids } = await asking(eachAsksFor(long), ['a']);
    await allowChanged(services)(named(ids()[0]));
    await allowCall(services)(named(ids()[0]));
    await expect(allowEdited(services)()).rejects.toThrow('does not wait any more');
  });
});

describe('Deny', () => {
  it('tells the model the reason', async () => {
    const { services, ids, run, tools } = await asking(eachAsksFor('npm test'), ['a']);
    person.types = 'Use pnpm.';
    await denyCall(services)(named(ids()[0]));
    await settled();
    expect(tools.ran).toEqual([]);
    const [call] = run.state.conversations[0]?.toolCalls ?? [];
    expect(call?.output).toContain('Use pnpm.');
    expect(run.state.conversations[0]?.phase).toBe('done');
  });

  it('decides nothing when the question for the reason is closed', async () => {
    const { services, ids, inbox } = await asking(eachAsksFor('npm test'), ['a']);
    expect(await denyCall(services)(named(ids()[0]))).toBeUndefined();
    expect(inbox.size).toBe(1);
  });

  it('ends the conversation, with whatever else it asks for', async () => {
    const { services, ids, run } = await asking(
      (_, turn) => (turn === 1 ? [command('npm test'), fetchUrl('https://a.example/')] : []),
      ['a', 'b'],
    );
    person.types = '';
    person.chooses = 'Deny 2 Calls';
    await denyCall(services, 'conversation')(named(ids()[0]));
    await settled();
    expect(run.state.conversations.map(({ reason }) => reason)).toEqual(['denied', undefined]);
  });

  it('of the same in all conversations is confirmed for one call, too: it holds for later ones', async () => {
    const { services, ids, inbox } = await asking(eachAsksFor('npm test'), ['a']);
    person.types = 'No.';
    person.chooses = 'Keep Waiting';
    await denyCall(services, 'run')(named(ids()[0]));
    expect(person.lists[0]?.[1]).toMatchObject({
      label: 'Deny 1 Call',
      description: 'and whenever this run asks for the same again',
    });
    expect(inbox.size).toBe(1);
  });

  it('denies the same in all conversations, after it was confirmed', async () => {
    const { services, ids, run, tools } = await asking(eachAsksFor('npm test'), ['a', 'b']);
    person.types = 'No.';
    person.chooses = 'Deny 2 Calls';
    await denyCall(services, 'run')(named(ids()[0]));
    await settled();
    expect(tools.ran).toEqual([]);
    expect(run.state.counts.done).toBe(2);
  });
});

describe('Answer', () => {
  const colour = { question: 'Which colour?', choices: ['red', 'Show Question'] };
  const size = { question: 'Which size?' };
  const asks = (_: string, turn: number) => (turn === 1 ? [question(colour, size)] : []);
  const told = ({ run }: Awaited<ReturnType<typeof asking>>) =>
    run.state.conversations.map(({ toolCalls }) => toolCalls[0]?.output);

  it('asks one question after another, and tells the model the answers', async () => {
    const waiting = await asking(asks, ['a']);
    person.chooses = 'red';
    person.types = 'L';
    const { services, ids } = waiting;
    expect(await answerQuestion(services)(named(ids()[0]))).toEqual({ settled: 1, refused: 0 });
    await settled();
    expect(person.asked).toEqual([
      'Question 1 of 2: Which colour?',
      'Which size? (may be empty; Escape keeps it waiting)',
    ]);
    expect(told(waiting)).toEqual(['Which colour?\n=> red\n\nWhich size?\n=> L']);
  });

  it('takes any other text where there are choices', async () => {
    const waiting = await asking((_, turn) => (turn === 1 ? [question(colour)] : []), ['a']);
    person.chooses = 'Other Answer…';
    person.types = 'blue';
    await answerQuestion(waiting.services)(named(waiting.ids()[0]));
    await settled();
    expect(told(waiting)).toEqual(['blue']);
  });

  describe('where several choices may be taken', () => {
    const sides = { question: 'Which sides?', choices: ['rice', 'None of These'], multiple: true };
    const asked = () => asking((_, turn) => (turn === 1 ? [question(sides)] : []), ['a']);

    it.each<[string, readonly string[], string | undefined, string]>([
      ['one', ['rice'], undefined, '- rice'],
      ['other text, too', ['rice', 'Other Answer…'], 'olives', '- rice\n- olives'],
      ['only other text', ['Other Answer…'], 'olives', '- olives'],
    ])('takes %s', async (_what, chooses, types, output) => {
      const waiting = await asked();
      person.chooses = chooses;
      person.types = types;
      await answerQuestion(waiting.services)(named(waiting.ids()[0]));
      await settled();
      expect(told(waiting)).toEqual([output]);
    });

    it('takes none when that is said, and no choice that only looks like it', async () => {
      const plain = { ...sides, choices: ['rice', 'soup'] };
      const waiting = await asking((_, turn) => (turn === 1 ? [question(plain)] : []), ['a']);
      person.chooses = 'None of These';
      await answerQuestion(waiting.services)(named(waiting.ids()[0]));
      await settled();
      expect(told(waiting)).toEqual(['- (none of the choices)']);
      const other = await asked();
      await answerQuestion(other.services)(named(other.ids()[0]));
      await settled();
      expect(told(other)).toEqual(['- None of These']);
    });

    it.each([
      ['the list is closed', ''],
      ['nothing is checked', 'nothing of the list'],
      ['the other text is not given', 'Other Answer…'],
    ])('keeps it waiting when %s', async (_what, chooses) => {
      const { services, ids, inbox } = await asked();
      person.chooses = chooses;
      expect(await answerQuestion(services)(named(ids()[0]))).toBeUndefined();
      expect(inbox.size).toBe(1);
    });
  });

  it.each([
    ['the list of choices is closed', '', 'L'],
    ['a later question is closed', 'red', undefined],
    ['the answer is too long', 'red', 'x'.repeat(10_001)],
  ])('keeps it waiting when %s', async (_, chooses, types) => {
    const { services, ids, inbox } = await asking(asks, ['a']);
    person.chooses = chooses;
    person.types = types;
    expect(await answerQuestion(services)(named(ids()[0]))).toBeUndefined();
    expect(inbox.size).toBe(1);
  });

  it('shows the question first, which Enter would choose, and that answers nothing', async () => {
    const { services, ids, inbox } = await asking(asks, ['a']);
    person.chooses = 'Show Question';
    await answerQuestion(services)(named(ids()[0]));
    expect(labels()).toEqual([['Show Question', 'red', 'Show Question', 'Other Answer…']]);
    expect(JSON.parse(opened[0]?.query ?? '')).toEqual({ id: ids()[0], equal: false });
    expect(inbox.size).toBe(1);
  });

  it('of several conversations shows which it settles, and with what', async () => {
    const waiting = await asking(
      (prompt, turn) => (turn === 1 ? [prompt === 'c' ? command('npm test') : question(size)] : []),
      ['a', 'b', 'c'],
    );
    person.types = 'L';
    person.chooses = 'Answer 2 Questions';
    const { services, ids, inbox } = waiting;
    await answerQuestion(services)(named(ids()[0], ids()[1]));
    await settled();
    expect(labels()[0]).toEqual([
      ...['Keep Waiting', 'Answer 2 Questions', 'Which size? L'],
      ...['Settled: 2', 'P0', 'P1', 'Stay: 1', 'P2'],
    ]);
    expect(told(waiting).slice(0, 2)).toEqual(['L', 'L']);
    expect(inbox.size).toBe(1);
  });

  it('lets a person pick from questions, and other commands from calls', async () => {
    const { services } = await asking(
      (prompt, turn) => (turn === 1 ? [prompt === 'b' ? command('npm test') : question(size)] : []),
      ['a', 'b'],
    );
    await answerQuestion(services)();
    await allowCall(services)();
    await denyCall(services)();
    expect(labels()).toEqual([
      ['Which size?'],
      ['run_command: npm test'],
      ['Which size?', 'run_command: npm test'],
    ]);
  });

  it('says so when no question waits, or the call asks none', async () => {
    const { services, ids } = await asking(eachAsksFor('npm test'), ['a']);
    await expect(answerQuestion(services)()).rejects.toThrow('No question waits for an answer.');
    await expect(answerQuestion(services)(named(ids()[0]))).rejects.toThrow('asks no question');
  });

  it('of one that does not wait any more is refused', async () => {
    const { services, ids } = await asking(asks, ['a']);
    const [late] = ids();
    await denyCall(services)(named(late));
    person.types = '';
    await denyCall(services)(named(late));
    await expect(answerQuestion(services)(named(late))).rejects.toThrow('does not wait any more');
  });
});

describe('A question', () => {
  const asks = (_: string, turn: number) =>
    turn === 1 ? [question({ question: 'Which size?' })] : [];

  it.each([
    ['Allow', allowCall],
    ['Allow All Equal', allowEqual],
    ['Allow for Run', (services: CommandServices) => allowFor(services, 'run')],
    ['Edit Arguments and Allow', allowChanged],
  ])('is not settled by %s, which says what to do', async (_, commandOf) => {
    const { services, ids, inbox } = await asking(asks, ['a']);
    person.types = '{"questions":[{"question":"Other?"}]}';
    await expect(commandOf(services)(named(ids()[0]))).rejects.toThrow(
      'This call asks a question. Answer it, or deny the call.',
    );
    expect(inbox.size).toBe(1);
  });

  it('can be denied, with a reason', async () => {
    const { services, ids, run } = await asking(asks, ['a']);
    person.types = 'Decide yourself.';
    await denyCall(services)(named(ids()[0]));
    await settled();
    const [call] = run.state.conversations[0]?.toolCalls ?? [];
    expect(call?.output).toContain('Decide yourself.');
  });

  it('is answered or denied by Decide on Tool Call, and never allowed', async () => {
    const { services, inbox } = await asking(asks, ['a']);
    services.approvals.selected = services.approvals.requests();
    person.chooses = 'Answer…';
    person.types = 'L';
    await decideCall(services)();
    expect(labels()[0]).toEqual([
      ...['Show Question', 'Answer', 'Answer…', 'Deny', 'Deny with Reason…'],
      ...['Deny and End Conversation…', 'Deny in All Conversations…'],
    ]);
    expect(inbox.size).toBe(0);
  });
});

describe('Decide on Tool Call', () => {
  it('is about what is selected in the view, and its first entry decides nothing', async () => {
    const { services, inbox } = await asking(eachAsksFor('npm run build'), ['a', 'b']);
    services.approvals.selected = services.approvals.requests().slice(0, 1);
    person.chooses = 'Show Arguments';
    await decideCall(services)();
    expect(labels()[0]).toEqual([
      'Show Arguments',
      ...['Allow', 'Allow', 'Allow All Equal'],
      'Allow for This Conversation…',
      ...['Allow for This Run…', 'Allow Always…', 'Edit Arguments and Allow…'],
      expect.stringMatching(/^Allow what is like it: allow run_command\(npm run \*\)/),
      'Allow Pattern for This Conversation…',
      ...['Allow Pattern for This Run…', 'Allow Pattern Always…'],
      ...['Deny', 'Deny with Reason…', 'Deny and End Conversation…', 'Deny in All Conversations…'],
    ]);
    expect(opened).toHaveLength(1);
    expect(inbox.size).toBe(2);
  });

  it('carries out what was chosen', async () => {
    const { services, inbox } = await asking(eachAsksFor('npm run build'), ['a', 'b']);
    services.approvals.selected = services.approvals.requests();
    person.chooses = ['Allow Pattern for This Run…', 'Allow 2 Calls'];
    await decideCall(services)();
    expect(inbox.size).toBe(0);
  });
});

it('Show Arguments opens the calls it is called for, or those of a conversation', async () => {
  const { services, ids, run } = await asking(eachAsksFor('npm test'), ['a', 'b']);
  await showCall(services)({ runId: run.id, conversation: 1 });
  expect(JSON.parse(opened[0]?.query ?? '')).toEqual({ id: ids()[1], equal: false });
});
