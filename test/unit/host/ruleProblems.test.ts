import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { showRuleProblems } from '../../../src/commands/showRuleProblems.ts';
import { HostError } from '../../../src/host/hostError.ts';
import { readsAsRules } from '../../../src/host/ruleFiles.ts';
import { RuleProblemNotice } from '../../../src/host/ruleProblemNotice.ts';
import { UserRules } from '../../../src/host/userRules.ts';
import { linux, tools } from '../../support/approvals/ruleFixtures.ts';
import { settled } from '../../support/settled.ts';
import { EventEmitter, person } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({ trusted: true, executed: [] as string[] }));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  commands: { executeCommand: async (id: string) => void fake.executed.push(id) },
  workspace: {
    get isTrusted() {
      return fake.trusted;
    },
  },
}));

beforeEach(() => {
  person.reset();
  fake.trusted = true;
  fake.executed.length = 0;
});

/** A window whose setting `interleave.rules` a test changes. */
function windowWith(lines: readonly string[]) {
  let now = lines;
  const changed = new EventEmitter<void>();
  const notes: string[] = [];
  const rules = new UserRules({ lines: () => now, tools, system: linux });
  const services = {
    configuration: { onDidChange: changed.event, rules: () => now },
    engine: { get: async () => ({ ruleProblems: () => rules.problems() }) },
    log: { note: (text: string) => void notes.push(text), error: () => undefined },
  } as never;
  const notice = new RuleProblemNotice(services);
  onTestFinished(() => notice.dispose());
  const set = async (next: readonly string[]) => {
    now = next;
    rules.changed();
    changed.fire();
    await settled();
  };
  return { services, notes, rules, set };
}

describe('Problems of the rules in the settings', () => {
  it('are told once when the rules change, in the log and as a message', async () => {
    const { notes, set } = windowWith([]);
    await set(['deny run_command(rm *)', 'allow run_comand(npm test)']);
    await set(['deny run_command(rm *)', 'allow run_comand(npm test)']);
    expect(notes).toEqual([expect.stringMatching(/^interleave\.rules: Line 2: warning: /)]);
    expect(person.messages).toMatchObject([
      { text: 'The setting interleave.rules has 1 warning.', modal: false },
    ]);
    await set(['denny run_command']);
    expect(person.messages.at(-1)?.text).toBe(
      'The setting interleave.rules has 1 error. No run starts until they are fixed.',
    );
    await set(['deny run_command']);
    expect(person.messages).toHaveLength(2);
  });

  it('are not looked at in Restricted Mode', async () => {
    fake.trusted = false;
    const { set } = windowWith([]);
    await set(['denny run_command']);
    expect(person.messages).toEqual([]);
  });

  it('are listed with their lines, and lead to the settings', async () => {
    const { services, set } = windowWith([]);
    await set(['# Build', 'denny run_command']);
    await showRuleProblems(services)();
    const [pick] = person.lists.at(-1) ?? [];
    expect(pick).toMatchObject({
      label: expect.stringMatching(/^Line 2: error: /),
      detail: 'denny run_command',
    });
    person.chooses = pick?.label ?? '';
    await showRuleProblems(services)();
    expect(fake.executed).toEqual(['workbench.action.openSettingsJson']);
  });

  it('are offered where a run does not start for them', () => {
    const { rules } = windowWith(['denny run_command']);
    const check = () => rules.check();
    expect(check).toThrow(HostError);
    expect(check).toThrow(
      expect.objectContaining({
        remedies: [{ title: 'Show Rule Problems', command: 'interleave.showRuleProblems' }],
      }),
    );
  });
});

describe('A file named *.rules', () => {
  it.each([
    'allow run_command(npm test)',
    '# Build\n\n  deny run_command\n',
    'denny run_command\nask *',
    'allow lm:github agent="Two Words"',
    'allow run_command(npm test) unattended',
    'deny run_command(',
  ])('is checked when a line reads as a rule: %j', (text) => {
    expect(readsAsRules(text)).toBe(true);
  });

  it.each([
    '',
    '# only a comment',
    "rules_version = '2';\nservice cloud.firestore {\n  allow read, write: if false;\n  allow read;\n}",
    '    allow read: if request.auth != null;',
    'ACTION=="add", SUBSYSTEM=="usb", MODE="0666"',
    'rule "Allow it"\nwhen\n  allow the user to\nend',
  ])('is left alone when it is for another program: %j', (text) => {
    expect(readsAsRules(text)).toBe(false);
  });
});
